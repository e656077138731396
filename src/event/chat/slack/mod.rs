//! Slack's payloads, as they come through Socket Mode: the frame is kept as it came, and read here.

pub mod form;
mod frame;
mod pressed;
mod said;
mod sort;
mod words;

use serde_json::Value;

pub use frame::{Envelope, Frame, Leaving};
pub use sort::{Sorted, Us, sort};

use super::ChatEvent;
use crate::domain::{ChatName, RoomId};
use crate::event::Unreadable;

/// How this chat is called.
pub const NAME: &str = "slack";

/// The events in a stored frame.
///
/// # Errors
/// What is no frame, or of a kind that we do not know.
pub(in crate::event) fn read(body: &str) -> Result<Vec<ChatEvent>, Unreadable> {
    let envelope = Envelope::read(body).ok_or_else(|| unknown("frame", "no envelope"))?;
    let payload = &envelope.payload;
    match envelope.kind.as_str() {
        "events_api" => of_event(payload),
        "slash_commands" => said::typed(payload),
        "interactive" => match text(payload, "/type") {
            "block_actions" => Ok(pressed::read(payload)?.into_iter().collect()),
            "view_submission" => Ok(vec![ChatEvent::Submitted(form::submitted(payload)?)]),
            other => Err(unknown("interaction", other)),
        },
        other => Err(unknown("envelope", other)),
    }
}

fn of_event(payload: &Value) -> Result<Vec<ChatEvent>, Unreadable> {
    let event = &payload["event"];
    match text(event, "/type") {
        "app_mention" | "message" => said::read(payload),
        kind if sort::ROOM_EVENTS.contains(&kind) => {
            let room = room_of(event).ok_or_else(|| unknown("event", "a room event without its room"))?;
            Ok(vec![ChatEvent::RoomChanged { room: room_id(room) }])
        }
        other => Err(unknown("event", other)),
    }
}

/// The room of an event that is about one.
fn room_of(event: &Value) -> Option<&str> {
    ["/channel/id", "/channel"].map(|place| text(event, place)).into_iter().find(|room| !room.is_empty())
}

/// The text at a place of a payload; empty when there is none.
fn text<'v>(value: &'v Value, place: &str) -> &'v str {
    value.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

fn chat() -> ChatName {
    ChatName::new(NAME)
}

fn room_id(channel: &str) -> RoomId {
    RoomId::new(&chat(), channel)
}

fn unknown(what: &str, kind: &str) -> Unreadable {
    Unreadable(format!("Slack sent an {what} that I do not know: {kind:?}"))
}

fn missing(what: &str) -> Unreadable {
    Unreadable(format!("Slack's payload has no `{what}`"))
}
