//! The app's manifest, from which Slack makes the app. Source: Slack's manifest schema.

use serde_json::{Value, json};

use crate::domain::CommandName;
use crate::event::chat::slack::form::SHORTCUT;

use super::scopes::{Needs, events, scopes};

/// The most shortcuts that an app may have.
const SHORTCUTS: usize = 10;
/// The longest description of a shortcut.
const DESCRIPTION: usize = 150;

/// A shortcut that opens the form of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// What people read in the list.
    pub name: String,
    /// The command.
    pub command: CommandName,
    /// One line of what that does.
    pub summary: String,
    /// Whether it stands at each message, or in the list of all.
    pub is_at_messages: bool,
}

/// The manifest of an app that is allowed what is used, and no more.
pub fn manifest(needs: Needs, shortcuts: &[Shortcut]) -> Value {
    let scopes: Vec<&str> = scopes(needs).iter().map(|scope| scope.name).collect();
    json!({
        "_metadata": { "major_version": 1 },
        "display_information": {
            "name": "Chamberlain",
            "description": "Keeps a room for every iteration, and deploys what belongs to it.",
            "background_color": "#1f3a3d",
        },
        "features": {
            "bot_user": { "display_name": "chamberlain", "always_online": true },
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "slash_commands": [{
                "command": "/chamberlain",
                "description": "Deploy, take a branch, see how things are",
                "usage_hint": "help | status | deploy web | branch web feature/pay",
                "should_escape": true,
            }],
            "shortcuts": shortcuts.iter().take(SHORTCUTS).map(shortcut).collect::<Vec<_>>(),
        },
        "oauth_config": { "scopes": { "bot": scopes } },
        "settings": {
            "event_subscriptions": { "bot_events": events(needs) },
            "interactivity": { "is_enabled": true },
            "org_deploy_enabled": false,
            "socket_mode_enabled": true,
            "token_rotation_enabled": false,
        },
    })
}

fn shortcut(shortcut: &Shortcut) -> Value {
    json!({
        "name": shortcut.name,
        "type": if shortcut.is_at_messages { "message" } else { "global" },
        "callback_id": format!("{SHORTCUT}{}", shortcut.command),
        "description": shortcut.summary.chars().take(DESCRIPTION).collect::<String>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_keeps_slacks_limits() {
        let deploy = Shortcut {
            name: "Deploy…".into(),
            command: CommandName::new("deploy"),
            summary: "s".repeat(200),
            is_at_messages: true,
        };
        let manifest = manifest(Needs { rooms: None, mail: true, groups: true }, &vec![deploy; 12]);
        let length = |place: &str| manifest.pointer(place).and_then(Value::as_str).unwrap().chars().count();
        assert!(length("/display_information/name") <= 35);
        assert!(length("/display_information/description") <= 140);
        assert!(length("/features/bot_user/display_name") <= 80);
        assert!(length("/features/slash_commands/0/description") <= 2000);
        assert_eq!(manifest["features"]["shortcuts"].as_array().map(Vec::len), Some(SHORTCUTS));
        assert_eq!(manifest["features"]["shortcuts"][0]["callback_id"], "form:deploy");
        assert!(length("/features/shortcuts/0/description") <= DESCRIPTION);
        assert_eq!(manifest["features"]["app_home"]["messages_tab_read_only_enabled"], false, "or nobody could write");
    }
}
