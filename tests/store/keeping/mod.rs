//! A whole database copied, backed up and checked.

mod backup;
mod check;
mod copy;
mod filled;
mod program;
