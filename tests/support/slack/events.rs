//! What the app hears of what happens, if it has subscribed to it and is there.

use serde_json::{Value, json};

use super::envelopes::{After, EVENTS_API, Fresh};
use super::world::World;
use super::{APP, BOT, BOT_ID, TEAM, VERIFICATION};

/// The app hears of these also where it is no member.
const HEARD_OUTSIDE: &[&str] = &["channel_created", "channel_rename", "channel_archive", "channel_unarchive"];

impl World {
    /// Something happened, in a channel or outside of any.
    pub(super) fn emit(&mut self, event: &Value, channel: Option<&str>) {
        let kind = event["type"].as_str().unwrap_or_default();
        let channel = channel.map(|id| self.channel(id));
        let name = match channel {
            Some(channel) if kind == "message" => {
                format!(
                    "message.{}",
                    if channel.kind.word() == "im" { "im".into() } else { plural(channel.kind.word()) }
                )
            }
            _ => kind.into(),
        };
        let is_there = HEARD_OUTSIDE.contains(&kind) || channel.is_none_or(|channel| channel.has(BOT));
        let is_own = kind == "message" && (event["bot_id"] == BOT_ID || event["message"]["bot_id"] == BOT_ID);
        let is_heard = !is_own || self.settings.echoes_own_posts;
        if self.events.contains(&name) && is_there && is_heard {
            let payload = self.event_payload(event);
            self.dispatch(Fresh { kind: EVENTS_API, payload, accepts: false, after: After::Nothing });
        }
    }

    fn event_payload(&mut self, event: &Value) -> Value {
        json!({
            "token": VERIFICATION, "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": null,
            "api_app_id": APP, "event": event, "type": "event_callback", "event_id": self.fresh_id("Ev"),
            "event_time": self.seconds(), "is_ext_shared_channel": false, "event_context": "4-fake",
            "authorizations": [{
                "enterprise_id": null, "team_id": TEAM, "user_id": BOT, "is_bot": true, "is_enterprise_install": false,
            }],
        })
    }
}

fn plural(word: &str) -> String {
    format!("{word}s")
}
