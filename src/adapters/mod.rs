//! The outside, one folder a seam.

pub mod artifact;
pub mod chat;
pub mod environment;
mod lack;
