//! The app's manifest, from which Slack makes the app. Source: Slack's manifest schema.

use serde_json::{Value, json};

use super::scopes::{Needs, events, scopes};

/// The manifest of an app that is allowed what is used, and no more.
pub fn manifest(needs: Needs) -> Value {
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
                "home_tab_enabled": false,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "slash_commands": [{
                "command": "/chamberlain",
                "description": "Deploy, take a branch, see how things are",
                "usage_hint": "help | status | deploy web | branch web feature/pay",
                "should_escape": true,
            }],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_keeps_slacks_limits() {
        let manifest = manifest(Needs { rooms: None, mail: true, groups: true });
        let length = |place: &str| manifest.pointer(place).and_then(Value::as_str).unwrap().chars().count();
        assert!(length("/display_information/name") <= 35);
        assert!(length("/display_information/description") <= 140);
        assert!(length("/features/bot_user/display_name") <= 80);
        assert!(length("/features/slash_commands/0/description") <= 2000);
        assert_eq!(manifest["features"]["app_home"]["messages_tab_read_only_enabled"], false, "or nobody could write");
    }
}
