//! Everything that the fake says can be read as what Slack says.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use slack_morphism::prelude::*;

use super::{button, ground};
use crate::support::slack::BOT;

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

#[tokio::test]
async fn answers_are_read_by_models() {
    let (slack, client, _socket) = ground().await;
    let ops = slack.look(|world| world.channel("ops").id.clone());
    let metadata = json!({ "event_type": "card", "event_payload": { "nonce": "n1" } });
    let post = json!({ "channel": ops, "text": "card", "blocks": button(), "metadata": metadata });
    let posted: SlackApiChatPostMessageResponse = read(&client.call("chat.postMessage", post).await);
    let change = json!({ "channel": ops, "ts": posted.ts, "text": "new" });
    read::<SlackApiChatUpdateResponse>(&client.call("chat.update", change).await);
    let tested: SlackApiAuthTestResponse = read(&client.call("auth.test", json!({})).await);
    assert_eq!(tested.user_id.value(), BOT);
    let made = client.call("conversations.create", json!({ "name": "it-1" })).await;
    read::<SlackApiConversationsCreateResponse>(&made);
    let here = [("channel", ops.as_str())];
    read::<SlackApiConversationsInfoResponse>(&client.read("conversations.info", &here).await);
    read::<SlackApiConversationsMembersResponse>(&client.read("conversations.members", &here).await);
    read::<SlackApiConversationsListResponse>(&client.read("conversations.list", &[]).await);
    let history: SlackApiConversationsHistoryResponse = read(&client.read("conversations.history", &here).await);
    assert_eq!(history.messages[0].content.text.as_deref(), Some("new"));
    client.call("pins.add", json!({ "channel": ops, "timestamp": posted.ts })).await;
    read::<SlackApiPinsListResponse>(&client.read("pins.list", &here).await);
    let person: SlackApiUsersInfoResponse = read(&client.read("users.info", &[("user", "U0ALICE")]).await);
    assert_eq!(person.user.profile.unwrap().email.unwrap().0, "alice@fake.test");
    read::<SlackApiUsersListResponse>(&client.read("users.list", &[]).await);
    slack.group("team", &["alice"]);
    read::<SlackApiUserGroupsListResponse>(&client.read("usergroups.list", &[("include_users", "true")]).await);
}

#[tokio::test]
async fn envelopes_are_read_by_models() {
    let (slack, client, mut socket) = ground().await;
    slack.set(|settings| settings.echoes_own_posts = false);
    let card = client.call("chat.postMessage", json!({ "channel": "ops", "text": "card", "blocks": button() })).await;
    let card = card["ts"].as_str().unwrap();
    slack.person("bob");
    slack.invites("alice", "ops", "bob");
    let ts = slack.says("bob", "ops", "@bot hello");
    slack.edits("bob", ("ops", &ts), "bye");
    slack.renames("ops", "ops-2");
    slack.archives("alice", "ops-2");
    slack.unarchives("alice", "ops-2");
    slack.opens_home("alice");
    slack.clicks("bob", ("ops-2", card), "Deploy");
    slack.types_slash("bob", "ops-2", "/chamberlain status");
    slack.shortcut("bob", "start");
    slack.message_shortcut("bob", ("ops-2", card), "ask");
    for _ in 0..13 {
        let frame = socket.frame().await;
        socket.ack(&frame, Value::Null).await;
        understand(&frame);
    }
    slack.wait_quiet().await;
}

fn understand(frame: &Value) {
    let payload = &frame["payload"];
    match frame["type"].as_str() {
        Some("events_api") => {
            let SlackPushEvent::EventCallback(callback) = read(payload) else { panic!("{payload}") };
            let is_known = !matches!(callback.event, SlackEventCallbackBody::Unknown(_));
            assert!(is_known, "{payload}");
        }
        Some("interactive") => drop(read::<SlackInteractionEvent>(payload)),
        Some("slash_commands") => drop(read::<SlackCommandEvent>(payload)),
        _ => panic!("{frame}"),
    }
}
