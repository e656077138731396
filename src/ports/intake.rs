//! The inbox's door: what adapters and the web may ask of the store.

use async_trait::async_trait;

use crate::domain::EventId;
use crate::domain::touch::TouchKey;
use crate::event::Arrival;

/// Takes things in. When it has answered, the arrival is on disk and may be acknowledged.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Stores an arrival once: the same source and dedup key again is [`Arrived::Seen`].
    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, IntakeError>;

    /// Has a steward look at something now: for what only hints that it may have changed.
    async fn touch(&self, key: TouchKey) -> Result<(), IntakeError>;
}

/// What became of an arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// Stored now.
    New(EventId),
    /// Stored before; acknowledge again.
    Seen,
}

/// Why an arrival could not be stored. It must not be acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Too much is waiting.
    #[error("I have more to do than I can keep up with; try again in a minute")]
    Busy,
    /// The store failed.
    #[error("I cannot write to my store")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}
