//! What follows from events that nobody said, one file an event family.

pub mod outcome;
