//! Chat platforms.

pub mod console;
pub mod slack;
