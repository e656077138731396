//! What came in, as it came: kept before anything is answered.

use crate::domain::{ChatName, EventId, Lane, PersonId, Timestamp, TraceId};

/// Where an arrival came from; with the dedup key it says what was seen before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A chat adapter.
    Chat(ChatName),
    /// Our own stewards and couriers.
    House,
    /// Our own timers.
    Timer,
}

impl Source {
    /// The stored word.
    pub fn to_text(&self) -> String {
        match self {
            Self::Chat(chat) => format!("chat:{chat}"),
            Self::House => "house".to_owned(),
            Self::Timer => "timer".to_owned(),
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "house" => Some(Self::House),
            None if text == "timer" => Some(Self::Timer),
            Some(("chat", name)) => Some(Self::Chat(ChatName::new(name))),
            None | Some(_) => None,
        }
    }
}

/// Something to take in: the raw body and what the gatehouse could say of it without understanding it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Where it came from.
    pub source: Source,
    /// What makes it the same arrival when it comes again.
    pub dedup_key: String,
    /// What it must stay in order with, by the platform's own ids.
    pub lane: Lane,
    /// The body, byte for byte as far as it is text.
    pub body: String,
    /// The console's own record of the message, stored in the same transaction: there we are the platform.
    pub talk: Option<Talk>,
    /// What it follows from; none when it begins something.
    pub trace: Option<TraceId>,
}

impl Arrival {
    /// The same, as what follows from the cause of a trace.
    #[must_use]
    pub fn following(self, trace: Option<TraceId>) -> Self {
        Self { trace, ..self }
    }
}

/// What somebody typed into the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// The message's id.
    pub id: String,
    /// The room's own id.
    pub room: String,
    /// The thread it stands in.
    pub thread: Option<String>,
    /// Who typed it.
    pub author: PersonId,
    /// Dev profile only: whose rights are tried.
    pub acting_as: Option<PersonId>,
    /// The words as they were typed.
    pub text: String,
}

/// A stored arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// Its row.
    pub id: EventId,
    /// Where it came from.
    pub source: Source,
    /// What makes it the same arrival when it comes again.
    pub dedup_key: String,
    /// What it must stay in order with.
    pub lane: Lane,
    /// The body as it came.
    pub body: String,
    /// When it was stored first.
    pub received_at: Timestamp,
    /// The cause that it and all that follows from it are found by.
    pub trace: TraceId,
}
