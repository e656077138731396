//! A card as a thing we keep: which object it shows, and which message it is.

use super::ids::text_id;
use super::iteration::IterationKey;
use super::{MessageId, RoomId, Timestamp};

text_id! {
    /// A card.
    CardId;
}

/// A card, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    /// Its id.
    pub id: CardId,
    /// What it shows.
    pub subject: Subject,
    /// How far it has come.
    pub state: CardState,
    /// A fingerprint of what it showed last: the same again is not sent again.
    pub shown: Option<String>,
}

/// What a card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An iteration, in its own room, pinned.
    Room(IterationKey),
}

/// How far a card has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardState {
    /// To be posted.
    Wanted,
    /// We have said that we post it, and do not know yet whether we did.
    Intended {
        /// Travels with the message.
        nonce: String,
        /// When we said so.
        at: Timestamp,
    },
    /// It is there.
    Posted {
        /// Where.
        room: RoomId,
        /// Which message.
        message: MessageId,
    },
}

impl Subject {
    /// The stored form.
    pub fn to_text(&self) -> String {
        match self {
            Self::Room(iteration) => format!("room:{iteration}"),
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        (kind == "room").then(|| Self::Room(IterationKey::new(id)))
    }

    /// The iteration in whose room the card stands.
    pub fn iteration(&self) -> &IterationKey {
        match self {
            Self::Room(iteration) => iteration,
        }
    }
}

impl CardRow {
    /// The wish for the card of an iteration's room.
    pub fn of_room(iteration: IterationKey) -> Self {
        let id = CardId::new(format!("room-{iteration}"));
        Self { id, subject: Subject::Room(iteration), state: CardState::Wanted, shown: None }
    }
}
