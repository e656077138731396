//! The house's own chat payload: what the console sends, and any adapter that has no format to keep.

use serde::{Deserialize, Serialize};

use super::lines::{Line, MOST_LINES, lines};
use super::{ChatEvent, Pressed, Said, Speaker, TooMuch};
use crate::domain::answer::WayBack;
use crate::domain::card::CardId;
use crate::domain::{ChatName, Lane, MessageId, PersonId, RoomId};
use crate::event::{Unreadable, json};

/// The command, and the action of its button.
const CANCEL: &str = "cancel";

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

impl Payload {
    /// What it must stay in order with: its room's others. Only a cancel goes past them, in the order of whoever says
    /// it: it must not wait for what it is to call off.
    pub fn lane(&self, chat: &ChatName) -> Lane {
        let (room, account, cancels) = match self {
            Self::Said { room, account, text, .. } => (room, account, is_cancel(text)),
            Self::Pressed { room, account, action, .. } => (room, account, action == CANCEL),
        };
        if cancels {
            Lane::new(format!("{chat}:person:{account}"))
        } else {
            Lane::new(RoomId::new(chat, room).as_str())
        }
    }
}

fn is_cancel(text: &str) -> bool {
    let mut lines = lines(text);
    let is_one = lines.next().is_some_and(|line| line.text.split_whitespace().next() == Some(CANCEL));
    is_one && lines.next().is_none()
}

/// Reads a payload of the chat `chat`.
pub fn read(chat: &ChatName, body: &str) -> Result<Vec<ChatEvent>, Unreadable> {
    let payload: Payload =
        json::read(body).and_then(serde_json::from_value).map_err(|cause| Unreadable(cause.to_string()))?;
    let (Payload::Said { room, .. } | Payload::Pressed { room, .. }) = &payload;
    if room.is_empty() {
        return Err(Unreadable("the payload names no room".to_owned()));
    }
    Ok(payload.into_events(chat, None))
}

impl Payload {
    /// What it says: a message of several lines is several events, one a line, unless there are too many.
    pub fn into_events(self, chat: &ChatName, back: Option<WayBack>) -> Vec<ChatEvent> {
        match self {
            Payload::Said { account, acting_as, room, message, thread, text, is_for_us } => {
                let said = Said {
                    by: Speaker { account, acting_as },
                    room: RoomId::new(chat, &room),
                    message: MessageId::new(message),
                    thread: thread.map(MessageId::new),
                    is_for_us,
                    line: String::new(),
                    back,
                };
                let event = |line: Line<'_>| {
                    let is_for_us = is_for_us || line.mentions_us;
                    ChatEvent::Said(Said { line: line.text.to_owned(), is_for_us, ..said.clone() })
                };
                let found: Vec<Line<'_>> = lines(&text).collect();
                match found.first() {
                    Some(first) if found.len() > MOST_LINES => {
                        let is_for_us = is_for_us || found.iter().any(|line| line.mentions_us);
                        let said = Said { line: first.text.to_owned(), is_for_us, ..said };
                        let lines = found.iter().map(|line| line.text.to_owned()).collect();
                        vec![ChatEvent::TooMuch(TooMuch { said, lines })]
                    }
                    _ => found.into_iter().map(event).collect(),
                }
            }
            Payload::Pressed { account, acting_as, room, message, card, action, value, guard } => {
                let by = Speaker { account, acting_as };
                let (room, message) = (RoomId::new(chat, &room), MessageId::new(message));
                vec![ChatEvent::Pressed(Pressed { by, room, message, card, action, value, guard, back })]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Payload {
        Payload::Said {
            account: "bo".into(),
            acting_as: None,
            room: "r".into(),
            message: "1".into(),
            thread: None,
            text: text.into(),
            is_for_us: true,
        }
    }

    #[test]
    fn what_is_said_nowhere_is_not_read() {
        let chat = ChatName::new("fake");
        let mut body = serde_json::to_value(said("ping\0")).unwrap();
        let events = read(&chat, &body.to_string()).unwrap();
        assert!(matches!(&events[..], [ChatEvent::Said(said)] if said.line == "ping"), "{events:?}");
        body["room"] = "\0".into();
        assert!(read(&chat, &body.to_string()).is_err());
    }

    #[test]
    fn more_lines_than_are_taken_are_one_event() {
        let chat = ChatName::new("fake");
        let read = |count: usize| said(&"ping\n> a quotation\n".repeat(count)).into_events(&chat, None);
        let most = read(MOST_LINES);
        assert!(most.len() == MOST_LINES && most.iter().all(|event| matches!(event, ChatEvent::Said(_))), "{most:?}");
        let more = read(MOST_LINES + 1);
        let [ChatEvent::TooMuch(TooMuch { said, lines })] = &more[..] else { panic!("{more:?}") };
        assert_eq!((said.line.as_str(), lines.len()), ("ping", MOST_LINES + 1));
    }

    #[test]
    fn only_a_cancel_goes_past_its_room() {
        let chat = ChatName::new("fake");
        for (text, lane) in [
            ("cancel", "fake:person:bo"),
            ("@chamberlain cancel --in sprint-42", "fake:person:bo"),
            ("deploy web", "fake:r"),
            ("cancellation", "fake:r"),
            ("cancel\ndeploy web", "fake:r"),
        ] {
            assert_eq!(said(text).lane(&chat).as_str(), lane, "{text}");
        }
    }
}
