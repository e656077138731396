//! Presses on cards.

use serde_json::Value;

use super::{chat, missing, text};
use crate::domain::answer::WayBack;
use crate::domain::card::Drawn;
use crate::event::Unreadable;
use crate::event::chat::ChatEvent;
use crate::event::chat::neutral::Payload;

/// A press as one of the house's own; none when it is on nothing that we drew.
pub(super) fn payload(payload: &Value) -> Result<Option<Payload>, Unreadable> {
    let action = &payload["actions"][0];
    let Some(drawn) = Drawn::parse(text(action, "/block_id")) else { return Ok(None) };
    let there = |places: &[&str]| places.iter().map(|place| text(payload, place)).find(|text| !text.is_empty());
    let room = there(&["/container/channel_id", "/channel/id"]).ok_or_else(|| missing("channel"))?;
    let account = there(&["/user/id"]).ok_or_else(|| missing("user"))?;
    // A select tells its name and what was chosen; a button's value is its name.
    let (name, value) = match action.pointer("/selected_option/value").and_then(Value::as_str) {
        Some(chosen) => (text(action, "/action_id"), Some(chosen.to_owned())),
        None => (text(action, "/value"), None),
    };
    Ok(Some(Payload::Pressed {
        account: account.to_owned(),
        acting_as: None,
        room: room.to_owned(),
        message: text(payload, "/container/message_ts").to_owned(),
        card: drawn.card,
        action: name.to_owned(),
        value,
        guard: drawn.guard,
    }))
}

/// What was pressed, if it means something.
pub(super) fn read(body: &Value) -> Result<Option<ChatEvent>, Unreadable> {
    let back = body["response_url"].as_str().map(WayBack::new);
    Ok(payload(body)?.and_then(|pressed| pressed.into_events(&chat(), back).pop()))
}
