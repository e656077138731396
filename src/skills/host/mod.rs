//! Skill folders: found, checked, and put together into one snapshot.

mod folder;
mod registry;

pub use registry::{Problem, Skills, load};
