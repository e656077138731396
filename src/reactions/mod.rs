//! What follows from events that nobody said, one file an event family.

mod deployment;
mod environment;
mod failure;
mod ground;
mod outcome;
mod repository;
mod room;
mod timer;
mod update;

pub use ground::{AfterFailure, Ground, Updates};
pub use outcome::seen;
pub use room::changed as room_changed;
pub use timer::fired;

use crate::card::templates::TemplateError;
use crate::store::StoreError;

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum ReactionError {
    /// The store failed; the event waits and is tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text could not be made.
    #[error(transparent)]
    Template(#[from] TemplateError),
}
