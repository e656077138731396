//! A whole database in hand: copied to another, backed up, checked. For whoever runs Chamberlain, not for the bot.
//!
//! Tables and columns are read from the schema itself, so that one that a later migration adds cannot be forgotten.

pub mod audit;
pub mod backup;
pub mod check;
pub mod copy;
mod error;
mod look;
mod rules;
mod tables;
mod values;

pub use error::KeepingError;
pub use look::name;
pub use values::Sum;
