//! Where environments run.

pub mod process;
