//! Stewards: they bring about what should be so, and write down what they saw. They never decide.

mod cards;
mod environments;
mod facts;
mod homes;
mod members;
mod repositories;
mod rooms;
mod run;
mod successors;

pub use facts::Buttons;
pub use run::{Stewards, run, touch_all};

use std::time::Duration;

use crate::domain::Timestamp;
use crate::event::Arrival;
use crate::event::outcome::Outcome;
use crate::ports::{ChatError, DriverError};
use crate::store::StoreError;

/// How long a steward waits after the chat refused what it wished.
const REFUSED: Duration = Duration::from_mins(1);

/// What was seen, as it goes into the inbox.
fn arrival(outcome: &Outcome) -> Result<Arrival, StewardError> {
    outcome.to_arrival().map_err(|cause| StewardError::Broken(cause.to_string()))
}

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
    /// How long the outside asked us to wait. What a chat refuses it refuses until a person has done something about it,
    /// so that asking again at once would only be noise there.
    fn wished_wait(&self) -> Option<Duration> {
        match self {
            Self::Chat(ChatError::Rejected(_)) => Some(REFUSED),
            Self::Chat(ChatError::Busy { after }) | Self::Driver(DriverError::Busy { after, .. }) => *after,
            Self::Chat(_) | Self::Store(_) | Self::Driver(_) | Self::Broken(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_not_asked_again_at_once() {
        let wait = |cause: ChatError| StewardError::Chat(cause).wished_wait();
        assert_eq!(wait(ChatError::Rejected("the channel is archived".into())), Some(Duration::from_mins(1)));
        assert_eq!(wait(ChatError::Busy { after: Some(Duration::from_secs(3)) }), Some(Duration::from_secs(3)));
        assert_eq!(wait(ChatError::Unknown("the line went dead".into())), None);
    }
}
