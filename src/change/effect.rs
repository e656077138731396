//! Deeds as data. Each carries its id outside, so that after an unknown end it is looked for before it is done again.

use serde::{Deserialize, Serialize};

pub use crate::card::model::Content;
use crate::domain::answer::{Reader, WayBack};
use crate::domain::card::CardId;
use crate::domain::{MessageId, RoomId};

/// What is to be done, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EffectBody {
    /// Say something to whoever asked.
    Reply(Reply),
    /// Say something in the thread of a card.
    Note(Note),
}

/// What is said in the thread of a card, as soon as the card is posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The card.
    pub card: CardId,
    /// The room that the card belongs in: nothing is said of it once that is closed.
    pub room: RoomId,
    /// What.
    pub content: Content,
}

/// An answer; the chat adapter chooses the way it gets there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The room.
    pub to: RoomId,
    /// The thread it goes into, if any.
    pub thread: Option<MessageId>,
    /// Seen by this one alone, if any.
    pub only_for: Option<Reader>,
    /// The way back that came with what is answered, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<WayBack>,
    /// The words.
    pub content: Content,
}

impl EffectBody {
    /// The stored word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Reply(_) => "reply",
            Self::Note(_) => "note",
        }
    }

    /// Effects of one key are carried out in order. Notes have the key of their card, since they wait for it.
    pub fn key(&self) -> &str {
        match self {
            Self::Reply(reply) => reply.to.as_str(),
            Self::Note(note) => note.card.as_str(),
        }
    }
}
