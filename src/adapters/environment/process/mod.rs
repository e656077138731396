//! Environments as processes of this machine: one process a component, which outlives us and is found again.
//!
//! What is on disk decides, not what is in memory: an intent is written before a process starts, a record when it is
//! up, and both are compared with `/proc` at the next opening. Nothing is started twice, nothing is left behind.

mod adopt;
mod begin;
mod bring;
mod build;
mod driver;
mod failure;
mod generation;
mod grounds;
mod health;
mod identity;
mod inner;
mod key;
mod layout;
mod led;
mod log;
mod manifest;
mod observe;
mod record;
mod retire;
mod run;
mod settings;
mod stragglers;
mod surroundings;
mod table;
mod whole;

pub use driver::ProcessDriver;
pub use grounds::OpenError;
pub use settings::ProcessSettings;
