//! What people do in a chat.

mod lines;
pub mod neutral;
pub mod slack;

pub use lines::{MOST_LINES, being_typed};

use crate::domain::answer::WayBack;
use crate::domain::card::CardId;
use crate::domain::form::Filled;
use crate::domain::{MessageId, PersonId, RoomId};

/// Who spoke, as the chat vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The account in that chat.
    pub account: String,
    /// Dev profile only: the person whose rights are tried.
    pub acting_as: Option<PersonId>,
}

/// What people do in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    /// A line that may be for us.
    Said(Said),
    /// A message with more lines than are taken at once.
    TooMuch(TooMuch),
    /// A button or a choice on a card of ours.
    Pressed(Pressed),
    /// A form that was filled in.
    Submitted(Submitted),
    /// Somebody came to a room or left it, or it was renamed, archived or deleted: it wants a look.
    RoomChanged {
        /// Which.
        room: RoomId,
    },
}

/// A message with more lines than are taken at once: one event, so that it costs one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooMuch {
    /// Its first line.
    pub said: Said,
    /// All lines that may be commands.
    pub lines: Vec<String>,
}

/// A press on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressed {
    /// Who pressed.
    pub by: Speaker,
    /// Where.
    pub room: RoomId,
    /// The message that the card is.
    pub message: MessageId,
    /// The card.
    pub card: CardId,
    /// The action, as the card names it.
    pub action: String,
    /// What was chosen.
    pub value: Option<String>,
    /// The version of what the press acts on, as the card showed it.
    pub guard: i64,
    /// The way back to the presser, if the chat gave one.
    pub back: Option<WayBack>,
}

/// A form that was filled in and sent off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Who sent it.
    pub by: Speaker,
    /// Where it was opened; between us two where that was in no room.
    pub room: RoomId,
    /// What names it, as a message is named.
    pub message: MessageId,
    /// What was filled in.
    pub filled: Filled,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who said it.
    pub by: Speaker,
    /// Where.
    pub room: RoomId,
    /// The message; answers go into its thread where the adapter threads.
    pub message: MessageId,
    /// The thread it was said in.
    pub thread: Option<MessageId>,
    /// Whether it mentions us, or was said where everything is for us.
    pub is_for_us: bool,
    /// The words behind the mention, one command.
    pub line: String,
    /// The way back to the speaker, if the chat gave one.
    pub back: Option<WayBack>,
}
