//! Calls: what they do, what they refuse, and how they go wrong.

use serde_json::{Value, json};

use super::ground;
use crate::support::slack::api_faults::Fault;
use crate::support::slack::{APP_TOKEN, BOT_TOKEN};

#[tokio::test]
async fn a_post_is_found_again_by_its_metadata() {
    let (slack, client, _socket) = ground().await;
    let metadata = json!({ "event_type": "card", "event_payload": { "nonce": "n1" } });
    let posted =
        client.call("chat.postMessage", json!({ "channel": "ops", "text": "one", "metadata": metadata })).await;
    slack.says("alice", "ops", "two");
    let id = posted["channel"].as_str().unwrap();
    let with = [("channel", id), ("include_all_metadata", "true"), ("limit", "1")];
    let first = client.read("conversations.history", &with).await;
    assert_eq!((&first["messages"][0]["text"], &first["has_more"]), (&json!("two"), &json!(true)));
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let second = client.read("conversations.history", &[&with[..], &[("cursor", cursor)]].concat()).await;
    assert_eq!(second["messages"][0]["metadata"], metadata);
    let without = client.read("conversations.history", &[("channel", id)]).await;
    assert!(without["messages"][1]["metadata"].is_null());
    let ts = posted["ts"].as_str().unwrap();
    let after = client.read("conversations.history", &[("channel", id), ("oldest", ts)]).await;
    assert_eq!(after["messages"].as_array().unwrap().len(), 1, "`oldest` itself is left out");
    let too_long = json!({ "channel": id, "ts": ts, "text": "x".repeat(4001) });
    assert_eq!(client.call("chat.update", too_long).await["error"], "msg_too_long");
    let many: Vec<Value> = vec![json!({ "type": "divider" }); 51];
    let refused = client.call("chat.postMessage", json!({ "channel": id, "text": "x", "blocks": many })).await;
    assert_eq!(refused["error"], "invalid_blocks");
    assert!(refused["response_metadata"]["messages"][0].as_str().unwrap().contains("no more than 50 items"));
}

#[tokio::test]
async fn a_name_stays_taken_in_the_archive_and_by_private_channels() {
    let (slack, client, _socket) = ground().await;
    slack.private_channel("secret", &["alice"]);
    for (name, error) in [
        ("ops", json!("name_taken")),
        ("secret", json!("name_taken")),
        ("No Such", json!("invalid_name_specials")),
        ("it-1", Value::Null),
    ] {
        assert_eq!(client.call("conversations.create", json!({ "name": name })).await["error"], error, "{name}");
    }
    let id = slack.look(|world| world.channel("it-1").id.clone());
    assert_eq!(client.call("conversations.archive", json!({ "channel": id })).await["ok"], true);
    assert_eq!(client.call("conversations.create", json!({ "name": "it-1" })).await["error"], "name_taken");
    let people = json!({ "channel": slack.look(|world| world.channel("ops").id.clone()), "users": "U0ALICE,U0NOBODY" });
    let invited = client.call("conversations.invite", people).await;
    assert_eq!((&invited["ok"], &invited["errors"][1]["error"]), (&json!(false), &json!("user_not_found")));
}

#[tokio::test]
async fn calls_go_wrong_as_ordered() {
    let (slack, client, _socket) = ground().await;
    let post = json!({ "channel": "ops", "text": "one" });
    slack.api_fault(Fault::on("chat.*").status(503).after_effect().times(1));
    assert_eq!(client.answer("chat.postMessage", BOT_TOKEN, post.clone()).await.status(), 503);
    assert_eq!(slack.messages("ops").len(), 1, "it was carried out nevertheless");
    slack.api_fault(Fault::on("chat.postMessage").cut().times(1));
    let call = client.http.post(format!("{}/chat.postMessage", client.api)).bearer_auth(BOT_TOKEN).json(&post);
    assert!(call.send().await.is_err());
    assert_eq!(slack.messages("ops").len(), 1);
    slack.channel_rate(0.01, 1.0);
    assert_eq!(client.call("chat.postMessage", post.clone()).await["ok"], true);
    let limited = client.answer("chat.postMessage", BOT_TOKEN, post.clone()).await;
    assert_eq!(limited.status(), 429);
    let wait: u64 = limited.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((2..=100).contains(&wait), "{wait}");

    slack.revoke("pins:write");
    let pinned = client.call("pins.add", json!({ "channel": "ops", "timestamp": "1.1" })).await;
    assert_eq!((&pinned["error"], &pinned["needed"]), (&json!("missing_scope"), &json!("pins:write")));
    let tested = client.answer("auth.test", BOT_TOKEN, json!({})).await;
    assert!(!tested.headers()["x-oauth-scopes"].to_str().unwrap().contains("pins:write"));
    for (token, error) in [(APP_TOKEN, "not_allowed_token_type"), ("xoxb-other", "invalid_auth")] {
        let refused: Value = client.answer("chat.postMessage", token, post.clone()).await.json().await.unwrap();
        assert_eq!(refused["error"], error);
    }
}
