//! Where artifacts come from.

pub mod git;
mod program;
pub mod sample;

pub use git::{GitSettings, GitSource};
