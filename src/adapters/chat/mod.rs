//! Chat platforms.

pub mod console;
