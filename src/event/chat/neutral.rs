//! The house's own chat payload: what the console sends, and any adapter that has no format to keep.

use serde::{Deserialize, Serialize};

use super::lines::{Line, lines};
use super::{ChatEvent, Pressed, Said, Speaker};
use crate::domain::card::CardId;
use crate::domain::{ChatName, MessageId, PersonId, RoomId};
use crate::event::Unreadable;

/// What somebody did, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payload {
    /// A message addressed to us.
    Said {
        /// The account that wrote it.
        account: String,
        /// Dev profile only: whose rights are tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acting_as: Option<PersonId>,
        /// The room, by the chat's own id.
        room: String,
        /// The message's id in that room.
        message: String,
        /// The thread it stands in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<String>,
        /// The words as they were said.
        text: String,
        /// Whether it is for us even without a mention: a direct message, a script's line.
        #[serde(default)]
        is_for_us: bool,
    },
    /// A press on a card.
    Pressed {
        /// The account that pressed.
        account: String,
        /// Dev profile only: whose rights are tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acting_as: Option<PersonId>,
        /// The room, by the chat's own id.
        room: String,
        /// The message that the card is.
        message: String,
        /// The card.
        card: CardId,
        /// The action, as the card names it.
        action: String,
        /// What was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// The version of what the press acts on, as the card showed it.
        guard: i64,
    },
}

/// Reads a payload of the chat `chat`: a message of several lines is several events, one a line.
pub fn read(chat: &ChatName, body: &str) -> Result<Vec<ChatEvent>, Unreadable> {
    match serde_json::from_str(body).map_err(|cause| Unreadable(cause.to_string()))? {
        Payload::Said { account, acting_as, room, message, thread, text, is_for_us } => {
            let said = Said {
                by: Speaker { account, acting_as },
                room: RoomId::new(chat, &room),
                message: MessageId::new(message),
                thread: thread.map(MessageId::new),
                is_for_us,
                line: String::new(),
            };
            let event = |line: Line<'_>| {
                let is_for_us = is_for_us || line.mentions_us;
                ChatEvent::Said(Said { line: line.text.to_owned(), is_for_us, ..said.clone() })
            };
            Ok(lines(&text).map(event).collect())
        }
        Payload::Pressed { account, acting_as, room, message, card, action, value, guard } => {
            let by = Speaker { account, acting_as };
            let (room, message) = (RoomId::new(chat, &room), MessageId::new(message));
            Ok(vec![ChatEvent::Pressed(Pressed { by, room, message, card, action, value, guard })])
        }
    }
}
