//! Messages and slash commands.

use serde_json::Value;

use super::{chat, missing, text, words};
use crate::domain::answer::WayBack;
use crate::event::Unreadable;
use crate::event::chat::ChatEvent;
use crate::event::chat::neutral::Payload;

/// A message, as one of the house's own: a mention, or words in a conversation with us alone.
pub(super) fn payload(payload: &Value) -> Result<Payload, Unreadable> {
    let event = &payload["event"];
    let (account, room, message) = (text(event, "/user"), text(event, "/channel"), text(event, "/ts"));
    for (value, name) in [(account, "user"), (room, "channel"), (message, "ts")] {
        if value.is_empty() {
            return Err(missing(name));
        }
    }
    let thread = event["thread_ts"].as_str().filter(|thread| *thread != message);
    Ok(Payload::Said {
        account: account.to_owned(),
        acting_as: None,
        room: room.to_owned(),
        message: message.to_owned(),
        thread: thread.map(str::to_owned),
        text: words::plain(text(event, "/text"), payload.pointer("/authorizations/0/user_id").and_then(Value::as_str)),
        is_for_us: event["channel_type"] == "im",
    })
}

/// What a message says to us, a line each.
pub(super) fn read(body: &Value) -> Result<Vec<ChatEvent>, Unreadable> {
    let is_edit = body.pointer("/event/subtype").is_some_and(|subtype| subtype == "message_changed");
    Ok(if is_edit { Vec::new() } else { payload(body)?.into_events(&chat(), None) })
}

/// A slash command, as one of the house's own; its words are for us whatever they are.
pub(super) fn command(payload: &Value) -> Result<Payload, Unreadable> {
    let (account, room) = (text(payload, "/user_id"), text(payload, "/channel_id"));
    for (value, name) in [(account, "user_id"), (room, "channel_id")] {
        if value.is_empty() {
            return Err(missing(name));
        }
    }
    let typed = words::plain(text(payload, "/text"), None);
    Ok(Payload::Said {
        account: account.to_owned(),
        acting_as: None,
        room: room.to_owned(),
        // It is no message; its trigger names it as well.
        message: text(payload, "/trigger_id").to_owned(),
        thread: None,
        text: if typed.trim().is_empty() { "help".to_owned() } else { typed },
        is_for_us: true,
    })
}

/// What a slash command says.
pub(super) fn typed(payload: &Value) -> Result<Vec<ChatEvent>, Unreadable> {
    let back = payload["response_url"].as_str().map(WayBack::new);
    Ok(command(payload)?.into_events(&chat(), back))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blocks_that_nobody_knows_hide_no_words() {
        let body = json!({
            "authorizations": [{ "user_id": "U0BOT" }],
            "event": {
                "type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": "<@U0BOT> status",
                "blocks": [{ "type": "hologram", "depth": 3, "elements": "none" }, 7, null],
                "attachments": "not even a list",
            },
        });
        let Payload::Said { text, .. } = payload(&body).unwrap() else { panic!("words") };
        assert_eq!(text, words::plain("<@U0BOT> status", Some("U0BOT")));
        assert_eq!(read(&body).unwrap().len(), 1);
    }
}
