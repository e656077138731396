//! What follows from events that nobody said, one file an event family.

mod deployment;
pub mod outcome;
