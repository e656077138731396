//! The contract of an artifact source, kept by the git source against real repositories.

mod following;
mod laying_out;
mod naming;
mod sample;
mod site;
mod unreadable;
