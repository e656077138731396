//! Stewards: they bring about what should be so, and write down what they saw. They never decide.

mod cards;
mod environments;
mod facts;
mod members;
mod rooms;
mod run;

pub use facts::Buttons;
pub use run::{Stewards, run};

use std::time::Duration;

use crate::domain::Timestamp;
use crate::ports::{ChatError, DriverError};
use crate::store::StoreError;

/// When a steward wants to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// All is as it should be: when somebody touches it.
    AtRest,
    /// At this moment at the latest.
    At(Timestamp),
}

/// Why a steward could not finish its look; it looks again later.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StewardError {
    /// Our store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chat failed.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// An environment's platform failed.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// Something of ours is missing or cannot be built: a mistake of ours.
    #[error("{0}")]
    Broken(String),
}

impl StewardError {
    /// How long the outside asked us to wait.
    fn wished_wait(&self) -> Option<Duration> {
        match self {
            Self::Chat(ChatError::Busy { after }) | Self::Driver(DriverError::Busy { after, .. }) => *after,
            Self::Chat(_) | Self::Store(_) | Self::Driver(_) | Self::Broken(_) => None,
        }
    }
}
