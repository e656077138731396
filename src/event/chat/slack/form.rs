//! Forms as Slack's modals bring them: who asks for one, what is typed, what was sent off.

use serde_json::Value;

use super::words::plain;
use super::{chat, missing, room_id, text};
use crate::domain::form::{Account, Asked, Carried, Filled, OPENS, Slot};
use crate::domain::{CommandName, MessageId, RoomId, Timestamp};
use crate::event::Unreadable;
use crate::event::chat::{Speaker, Submitted};

/// What the names of shortcuts begin with; the command follows.
pub const SHORTCUT: &str = "form:";
/// What somebody wants to see at once. Nothing follows from it, so that nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A form.
    Form {
        /// Which, and who asks.
        asked: Asked,
        /// What lets us open it, for three seconds.
        trigger: String,
    },
    /// Nothing: this was typed so far, for the next time it opens.
    Typed {
        /// Who.
        by: Account,
        /// What.
        filled: Filled,
        /// When, by Slack's clock.
        at: Timestamp,
    },
    /// Nothing: it was sent off, and what was kept of it is not needed any more.
    Sent {
        /// Who.
        by: Account,
        /// Of which command.
        command: CommandName,
    },
    /// The own page.
    Home {
        /// Whose.
        by: Account,
    },
}

/// What may stand in a field: asked while somebody types there, and answered with the acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Who types.
    pub by: Account,
    /// Into the form of which command.
    pub command: CommandName,
    /// Into which field.
    pub slot: Slot,
    /// What stands there so far.
    pub typed: String,
}

/// A question in an interaction; none where it is something else.
pub(super) fn question(payload: &Value) -> Option<Question> {
    match text(payload, "/type") {
        "shortcut" | "message_action" => {
            let command = text(payload, "/callback_id").strip_prefix(SHORTCUT)?;
            let channel = payload.pointer("/channel/id").and_then(Value::as_str).map(str::to_owned);
            let about = payload.pointer("/message/text").and_then(Value::as_str).map(|words| plain(words, None));
            asked(payload, &Carried { command: CommandName::new(command), channel }, about)
        }
        "block_actions" => {
            let action = &payload["actions"][0];
            if [text(action, "/block_id"), text(action, "/action_id")].iter().any(|id| id.starts_with(OPENS)) {
                let carried = Carried::parse(text(action, "/value"))?;
                let here = payload.pointer("/container/channel_id").and_then(Value::as_str).map(str::to_owned);
                return asked(payload, &Carried { channel: carried.channel.or(here), ..carried }, None);
            }
            Slot::parse(text(action, "/block_id"))?;
            let at = millis(text(action, "/action_ts"))?;
            Some(Question::Typed { by: by(payload)?, filled: filled(&payload["view"])?, at })
        }
        _ => None,
    }
}

fn asked(payload: &Value, carried: &Carried, about: Option<String>) -> Option<Question> {
    let trigger = text(payload, "/trigger_id").to_owned();
    let asked = Asked { by: by(payload)?, command: carried.command.clone(), room: room(carried), about };
    Some(Question::Form { asked, trigger })
}

fn room(carried: &Carried) -> Option<RoomId> {
    carried.channel.as_deref().filter(|channel| !channel.is_empty()).map(room_id)
}

/// A look-up; none where it is for no field of ours.
pub(super) fn lookup(payload: &Value) -> Option<Lookup> {
    Some(Lookup {
        by: by(payload)?,
        command: Carried::parse(text(payload, "/view/private_metadata"))?.command,
        slot: Slot::parse(text(payload, "/block_id"))?,
        typed: text(payload, "/value").to_owned(),
    })
}

/// A form that was sent off.
pub(super) fn submitted(payload: &Value) -> Result<Submitted, Unreadable> {
    let view = &payload["view"];
    let carried = Carried::parse(text(view, "/private_metadata")).ok_or_else(|| missing("private_metadata"))?;
    let by = by(payload).ok_or_else(|| missing("user"))?;
    let id = text(view, "/id");
    if id.is_empty() {
        return Err(missing("id"));
    }
    Ok(Submitted {
        // Where it was asked for in no channel, it is between us two: a user's id stands for that.
        room: room(&carried).unwrap_or_else(|| room_id(&by.id)),
        by: Speaker { account: by.id, acting_as: None },
        message: MessageId::new(id),
        filled: filled(view).ok_or_else(|| missing("state"))?,
    })
}

/// The `block_id`s of a view's fields, in their order.
pub fn fields(view: &Value) -> impl Iterator<Item = &str> {
    let blocks = view["blocks"].as_array().into_iter().flatten();
    blocks.filter(|block| block["type"] == "input").filter_map(|block| block["block_id"].as_str())
}

fn by(payload: &Value) -> Option<Account> {
    let id = Some(text(payload, "/user/id")).filter(|id| !id.is_empty())?.to_owned();
    Some(Account { chat: chat(), id })
}

fn filled(view: &Value) -> Option<Filled> {
    let command = Carried::parse(text(view, "/private_metadata"))?.command;
    let values = view.pointer("/state/values")?.as_object()?.iter();
    let value = |(block, actions): (&String, &Value)| {
        let given = given(actions.as_object()?.values().next()?)?;
        Some((Slot::parse(block)?, given.to_owned()))
    };
    let mut values: Vec<(Slot, String)> = values.filter_map(value).collect();
    values.sort();
    Some(Filled { command, values })
}

/// What stands in an element, if anything.
fn given(element: &Value) -> Option<&str> {
    let options = ["/value", "/selected_option/value", "/selected_options/0/value"];
    let given = options.iter().find_map(|place| element.pointer(place)?.as_str())?.trim();
    (!given.is_empty()).then_some(given)
}

/// `1763719200.123456`
fn millis(stamp: &str) -> Option<Timestamp> {
    let (seconds, rest) = stamp.split_once('.')?;
    let millis: i64 = rest.get(..3)?.parse().ok()?;
    Some(Timestamp::from_millis(seconds.parse::<i64>().ok()?.checked_mul(1000)?.checked_add(millis)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn view() -> Value {
        json!({
            "id": "V1",
            "private_metadata": Carried { command: CommandName::new("deploy"), channel: Some("C1".into()) }.to_text(),
            "blocks": [{ "type": "context" }, { "type": "input", "block_id": "option|in" }],
            "state": { "values": {
                "version|component|web": { "fill": { "type": "external_select",
                    "selected_option": { "value": "feature/pay" } } },
                "version|component|api": { "fill": { "type": "external_select", "selected_option": null } },
                "option|quiet": { "fill": { "type": "checkboxes", "selected_options": [{ "value": "yes" }] } },
                "option|goal": { "fill": { "type": "plain_text_input", "value": "  " } },
                "other": { "fill": { "value": "x" } },
            } },
        })
    }

    #[test]
    fn what_was_filled_in_is_read() {
        let payload = json!({ "type": "view_submission", "user": { "id": "U1" }, "view": view() });
        let sent = submitted(&payload).unwrap();
        assert_eq!(sent.room, room_id("C1"));
        let values: Vec<(String, &str)> =
            sent.filled.values.iter().map(|(slot, value)| (slot.to_text(), value.as_str())).collect();
        assert_eq!(values, [("option|quiet".to_owned(), "yes"), ("version|component|web".to_owned(), "feature/pay")]);
        assert_eq!(fields(&view()).collect::<Vec<_>>(), ["option|in"]);
        let mut elsewhere = payload.clone();
        elsewhere["view"]["private_metadata"] = json!(r#"{"command":"deploy"}"#);
        assert_eq!(submitted(&elsewhere).unwrap().room, room_id("U1"));
        elsewhere["view"]["private_metadata"] = json!(r#"{"command":"deploy","channel":""}"#);
        assert_eq!(submitted(&elsewhere).unwrap().room, room_id("U1"));
        elsewhere["view"]["private_metadata"] = json!("x");
        assert!(submitted(&elsewhere).is_err());
    }

    #[test]
    fn questions_are_told_from_acts() {
        let shortcut = json!({ "type": "shortcut", "callback_id": "form:iteration start", "user": { "id": "U1" }, "trigger_id": "t" });
        let Some(Question::Form { asked, trigger }) = question(&shortcut) else { panic!() };
        assert_eq!((asked.command.as_str(), asked.room, trigger.as_str()), ("iteration start", None, "t"));
        let typed = json!({ "type": "block_actions", "user": { "id": "U1" }, "view": view(),
            "actions": [{ "block_id": "option|in", "action_ts": "1763719200.123456" }] });
        let Some(Question::Typed { filled, at, .. }) = question(&typed) else { panic!() };
        assert_eq!((filled.values.len(), at.as_millis()), (2, 1_763_719_200_123));
        let press = json!({ "type": "block_actions", "actions": [{ "block_id": "7|0|card-1" }] });
        assert_eq!(question(&press), None);
        let foreign = json!({ "type": "shortcut", "callback_id": "other", "user": { "id": "U1" } });
        assert_eq!(question(&foreign), None);
    }
}
