//! What of all that Slack sends is for us: decided from the payload alone, before anything is stored.

use serde_json::Value;

use super::form::{self, Lookup, Question};
use super::{Envelope, chat, pressed, room_id, room_of, said, text};
use crate::domain::Lane;
use crate::domain::form::Account;
use crate::event::chat::Submitted;
use crate::event::chat::neutral::Payload;

/// Events of a room that may change what we keep there.
pub(super) const ROOM_EVENTS: &[&str] = &[
    "member_joined_channel",
    "member_left_channel",
    "channel_archive",
    "channel_unarchive",
    "channel_rename",
    "channel_deleted",
    "channel_left",
    "group_archive",
    "group_unarchive",
    "group_rename",
    "group_deleted",
    "group_left",
];

/// Events after which people may have other accounts or groups.
const PEOPLE_EVENTS: &[&str] =
    &["user_change", "team_join", "subteam_created", "subteam_updated", "subteam_members_changed"];

/// Events that are heard and mean nothing to us.
const LEFT: &[&str] = &[
    "reaction_added",
    "reaction_removed",
    "channel_created",
    "pin_added",
    "pin_removed",
    "file_shared",
    "link_shared",
    "message_metadata_posted",
];

/// Messages that people wrote; other kinds are the chat's own lines, or edits.
const WRITTEN: &[&str] = &["", "file_share", "thread_broadcast", "me_message"];

/// Who we are in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Us {
    /// Our user.
    pub user: String,
    /// Our bot, if Slack told it.
    pub bot: Option<String>,
}

/// What is to be done with an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// It is kept, once.
    Take {
        /// The same for the same happening, however often it is sent.
        key: String,
        /// What it must stay in order with.
        lane: Lane,
    },
    /// A form was sent off: it is judged, and kept once if nothing speaks against it.
    Submit {
        /// What was filled in.
        submitted: Submitted,
        /// The same for the same form, however often it is sent.
        key: String,
        /// What it must stay in order with.
        lane: Lane,
    },
    /// Somebody wants to see something.
    Ask(Question),
    /// Somebody types, and the acknowledgement tells what fits.
    Lookup(Lookup),
    /// It means nothing to us.
    Leave,
    /// People or their groups may have changed.
    People,
    /// Our token is no longer good.
    Revoked,
}

/// Sorts an envelope. What we do not know is taken, to be set aside with its body.
pub fn sort(envelope: &Envelope, us: &Us) -> Sorted {
    let payload = &envelope.payload;
    let sorted = match envelope.kind.as_str() {
        "events_api" => of_event(payload, us),
        "slash_commands" => {
            let command = said::command(payload).ok();
            command.and_then(|command| Some(take(key("slash", text(payload, "/trigger_id"))?, &command)))
        }
        "interactive" => of_interaction(payload),
        _ => None,
    };
    sorted
        .unwrap_or_else(|| Sorted::Take { key: format!("envelope:{}", envelope.id), lane: Lane::new("slack:unknown") })
}

fn of_event(payload: &Value, us: &Us) -> Option<Sorted> {
    let event = &payload["event"];
    let kind = text(event, "/type");
    match kind {
        "message" | "app_mention" => of_message(payload, us),
        "tokens_revoked" | "app_uninstalled" => Some(Sorted::Revoked),
        "app_home_opened" if text(event, "/tab") == "home" => {
            let by = Account { chat: chat(), id: text(event, "/user").to_owned() };
            Some(Sorted::Ask(Question::Home { by }))
        }
        "app_home_opened" => Some(Sorted::Leave),
        kind if PEOPLE_EVENTS.contains(&kind) => Some(Sorted::People),
        kind if LEFT.contains(&kind) => Some(Sorted::Leave),
        kind if ROOM_EVENTS.contains(&kind) => {
            let lane = Lane::new(room_id(room_of(event)?).as_str());
            Some(Sorted::Take { key: key("event", text(payload, "/event_id"))?, lane })
        }
        _ => Some(Sorted::Take { key: key("event", text(payload, "/event_id"))?, lane: Lane::new("slack:unknown") }),
    }
}

/// A message is its room and its `ts`: a mention comes as `app_mention` and as `message`, and is one.
fn of_message(payload: &Value, us: &Us) -> Option<Sorted> {
    let event = &payload["event"];
    let is_own = event["user"] == us.user.as_str()
        || us.bot.as_deref().is_some_and(|bot| event["bot_id"] == bot)
        || event["user"].is_null() && !event["bot_id"].is_null();
    if is_own || !WRITTEN.contains(&text(event, "/subtype")) {
        return Some(Sorted::Leave);
    }
    let said = said::payload(payload).ok()?;
    let is_for_us = event["channel_type"] == "im" || text(event, "/text").contains(&format!("<@{}", us.user));
    if !is_for_us && !calls_us(&said) {
        return Some(Sorted::Leave);
    }
    Some(take(format!("message:{}:{}", text(event, "/channel"), text(event, "/ts")), &said))
}

/// A line that begins with our name is for us without a mention, as in every chat.
fn calls_us(said: &Payload) -> bool {
    matches!(said, Payload::Said { text, .. } if crate::event::chat::lines::calls_us(text))
}

fn of_interaction(payload: &Value) -> Option<Sorted> {
    match text(payload, "/type") {
        "shortcut" | "message_action" => Some(form::question(payload).map_or(Sorted::Leave, Sorted::Ask)),
        "block_suggestion" => Some(form::lookup(payload).map_or(Sorted::Leave, Sorted::Lookup)),
        // What was typed last was told as it was typed.
        "view_closed" => Some(Sorted::Leave),
        "view_submission" => {
            let submitted = form::submitted(payload).ok()?;
            let view = &payload["view"];
            let key = format!("form:{}:{}", text(view, "/id"), text(view, "/hash"));
            let lane = Lane::new(submitted.room.as_str());
            Some(Sorted::Submit { submitted, key, lane })
        }
        "block_actions" => {
            if let Some(question) = form::question(payload) {
                return Some(Sorted::Ask(question));
            }
            let Some(pressed) = pressed::payload(payload).ok()? else { return Some(Sorted::Leave) };
            let (action, user) = (&payload["actions"][0], text(payload, "/user/id"));
            let (name, at) = (text(action, "/action_id"), text(action, "/action_ts"));
            Some(take(key(&format!("click:{user}:{}:{name}", text(action, "/block_id")), at)?, &pressed))
        }
        _ => None,
    }
}

/// A key by what Slack names a happening by; none where it does not, since all such would be taken for the first of them.
fn key(kind: &str, id: &str) -> Option<String> {
    (!id.is_empty()).then(|| format!("{kind}:{id}"))
}

fn take(key: String, payload: &Payload) -> Sorted {
    Sorted::Take { key, lane: payload.lane(&chat()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn us() -> Us {
        Us { user: "U0BOT".into(), bot: Some("B0BOT".into()) }
    }

    fn sorted(kind: &str, payload: &Value) -> Sorted {
        let frame = json!({ "envelope_id": "e1", "type": kind, "payload": payload }).to_string();
        sort(&Envelope::read(&frame).unwrap(), &us())
    }

    fn event(event: &Value) -> Sorted {
        sorted("events_api", &json!({ "event_id": "Ev1", "event": event }))
    }

    fn taken(key: &str, lane: &str) -> Sorted {
        Sorted::Take { key: key.into(), lane: Lane::new(lane) }
    }

    #[test]
    fn a_mention_is_one_however_it_comes() {
        let mention =
            |kind: &str| json!({ "type": kind, "user": "U1", "channel": "C1", "ts": "1.2", "text": "<@U0BOT> ping" });
        for kind in ["app_mention", "message"] {
            assert_eq!(event(&mention(kind)), taken("message:C1:1.2", "slack:C1"));
        }
    }

    #[test]
    fn talk_edits_and_our_own_words_are_left() {
        for left in [
            json!({ "type": "message", "user": "U1", "channel": "C1", "ts": "1", "text": "good morning" }),
            json!({ "type": "message", "user": "U0BOT", "channel": "C1", "ts": "1", "text": "<@U0BOT> ping" }),
            json!({ "type": "message", "user": "U2", "bot_id": "B0BOT", "channel": "C1", "ts": "1", "text": "<@U0BOT> ping" }),
            json!({ "type": "message", "bot_id": "B9", "channel": "C1", "ts": "1", "text": "<@U0BOT> ping" }),
            json!({ "type": "message", "subtype": "message_changed", "channel": "C1", "message": { "text": "<@U0BOT> x" } }),
            json!({ "type": "message", "subtype": "channel_join", "user": "U1", "channel": "C1", "ts": "1", "text": "<@U0BOT>" }),
            json!({ "type": "reaction_added", "user": "U1" }),
        ] {
            assert_eq!(event(&left), Sorted::Leave, "{left}");
        }
    }

    #[test]
    fn words_to_us_alone_and_lines_with_our_name_are_taken() {
        let direct =
            json!({ "type": "message", "user": "U1", "channel": "D1", "channel_type": "im", "ts": "1", "text": "hi" });
        assert_eq!(event(&direct), taken("message:D1:1", "slack:D1"));
        let named =
            json!({ "type": "message", "user": "U1", "channel": "C1", "ts": "1", "text": "chamberlain: cancel" });
        assert_eq!(event(&named), taken("message:C1:1", "slack:person:U1"));
    }

    #[test]
    fn what_is_not_known_is_kept() {
        assert_eq!(event(&json!({ "type": "never_heard_of" })), taken("event:Ev1", "slack:unknown"));
        assert_eq!(sorted("interactive", &json!({ "type": "new" })), taken("envelope:e1", "slack:unknown"));
        assert_eq!(sorted("new", &json!(7)), taken("envelope:e1", "slack:unknown"));
        let broken = json!({ "type": "app_mention", "text": "<@U0BOT> ping" });
        assert_eq!(event(&broken), taken("envelope:e1", "slack:unknown"));
        let nowhere = json!({ "type": "member_left_channel", "user": "U1", "channel": "" });
        assert_eq!(event(&nowhere), taken("envelope:e1", "slack:unknown"));
        let unnamed = json!({ "user_id": "U1", "channel_id": "C1", "text": "status" });
        assert_eq!(sorted("slash_commands", &unnamed), taken("envelope:e1", "slack:unknown"));
        let unnamed = json!({ "event": { "type": "never_heard_of" } });
        assert_eq!(sorted("events_api", &unnamed), taken("envelope:e1", "slack:unknown"));
        let press = json!({
            "type": "block_actions", "user": { "id": "U1" }, "container": { "channel_id": "" },
            "actions": [{ "block_id": "7|0|card-1", "action_id": "press:0", "value": "deploy", "action_ts": "9.1" }],
        });
        assert_eq!(sorted("interactive", &press), taken("envelope:e1", "slack:unknown"));
    }

    #[test]
    fn clicks_commands_and_rooms_have_keys_of_their_own() {
        let click = json!({
            "type": "block_actions", "user": { "id": "U1" }, "container": { "channel_id": "C1", "message_ts": "1.2" },
            "actions": [{ "block_id": "7|0|card-1", "action_id": "press:0", "value": "deploy", "action_ts": "9.1" }],
        });
        assert_eq!(sorted("interactive", &click), taken("click:U1:7|0|card-1:press:0:9.1", "slack:C1"));
        let foreign = json!({ "type": "block_actions", "actions": [{ "block_id": "x" }] });
        assert_eq!(sorted("interactive", &foreign), Sorted::Leave);
        let slash = json!({ "user_id": "U1", "channel_id": "C1", "text": "status", "trigger_id": "t1" });
        assert_eq!(sorted("slash_commands", &slash), taken("slash:t1", "slack:C1"));
        let left = json!({ "type": "member_left_channel", "user": "U1", "channel": "C1" });
        assert_eq!(event(&left), taken("event:Ev1", "slack:C1"));
        let renamed = json!({ "type": "channel_rename", "channel": { "id": "C1" } });
        assert_eq!(event(&renamed), taken("event:Ev1", "slack:C1"));
        assert_eq!(event(&json!({ "type": "user_change" })), Sorted::People);
        assert_eq!(event(&json!({ "type": "tokens_revoked" })), Sorted::Revoked);
    }
}
