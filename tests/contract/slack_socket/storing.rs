//! What comes is stored once, whatever it is and however it comes, and only then acknowledged.

use std::time::Duration;

use serde_json::{Value, json};

use super::Ground;
use super::intake::Does;
use crate::support::slack::world::World;

/// How many envelopes were acknowledged.
fn acked(world: &World, count: usize) -> Option<()> {
    (world.acks().len() >= count).then_some(())
}

#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_stored() {
    let ground = Ground::open().await;
    ground.intake.now(Does::Hang);
    ground.says("status");
    ground.intake.wait_asked(2).await;
    // What follows on both sockets and needs no storing is acknowledged; what went before is not.
    for _ in 0..4 {
        ground.slack.says("alice", "ops", "good morning");
    }
    ground.slack.wait_for(|world| acked(world, 4)).await;
    let envelopes = ground.slack.envelopes();
    assert!(envelopes[..2].iter().all(|envelope| envelope.ack.is_none()));
    ground.intake.now(Does::Store);
    ground.slack.wait_for(|world| acked(world, 6)).await;
    assert_eq!(ground.intake.stored().len(), 1);
}

#[tokio::test]
async fn what_the_store_is_slow_with_holds_nothing_else_up() {
    let ground = Ground::open().await;
    ground.slack.unsubscribe("app_mention");
    ground.slack.set(|settings| settings.ack_timeout = Duration::from_secs(20));
    ground.intake.now(Does::HangOn("number 50"));
    for number in 0..100 {
        ground.says(&format!("number {number}"));
    }
    ground.slack.wait_for(|world| acked(world, 99)).await;
    assert!(ground.slack.envelopes()[50].ack.is_none());
    ground.intake.now(Does::Store);
    ground.slack.wait_quiet().await;
    assert_eq!(ground.intake.stored().len(), 100);
    assert!(ground.slack.envelopes().iter().all(|envelope| envelope.deliveries.len() == 1));
}

#[tokio::test]
async fn a_mention_is_one_however_often_and_in_which_order_it_comes() {
    let ground = Ground::open().await;
    let room = ground.slack.look(|world| world.find_channel("ops").unwrap().id.clone());
    ground.slack.duplicate_next(2);
    let one = ground.says("status");
    ground.slack.wait_quiet().await;
    // As a mention and as a message, twice each.
    ground.intake.wait_asked(4).await;
    assert_eq!(ground.intake.keys(), [format!("message:{room}:{one}")]);
    ground.slack.reorder_next(4);
    let (two, three) = (ground.says("status"), ground.says("status"));
    ground.slack.wait_quiet().await;
    let mut keys = ground.intake.keys();
    keys.sort();
    assert_eq!(keys, [one, two, three].map(|ts| format!("message:{room}:{ts}")));
    assert_eq!(ground.slack.acks().len(), 6, "what is stored already is acknowledged again");
}

#[tokio::test]
async fn what_nobody_knows_is_stored_whole_and_acknowledged() {
    let ground = Ground::open().await;
    let strange = [
        ("from_the_future", json!({ "a": [1, { "b": "ü" }] })),
        ("events_api", json!("nonsense")),
        ("events_api", json!({ "event_id": "Ev1", "event": { "type": "app_mention", "text": "no room" } })),
        ("interactive", Value::Null),
        ("slash_commands", json!([1])),
    ];
    for (count, (kind, payload)) in strange.into_iter().enumerate() {
        let answer = ground.slack.sends_envelope(kind, payload.clone()).await;
        assert_eq!(answer.error, None, "{kind} {payload}");
        let arrival = ground.intake.stored()[count].clone();
        let body: Value = serde_json::from_str(&arrival.body).unwrap();
        assert_eq!((&body["type"], &body["payload"]), (&json!(kind), &payload));
        assert_eq!(arrival.lane.as_str(), "slack:unknown");
    }
}

#[tokio::test]
async fn what_is_no_envelope_does_no_harm_and_what_is_half_one_is_stored() {
    let ground = Ground::open().await;
    for frame in ["no JSON", "", "[]", "7", r#"{"type":"other"}"#, r#"{"envelope_id":7}"#, "{\"envelope_id\":\"cut off"]
    {
        ground.slack.sends_text(frame);
    }
    let half = r#"{"envelope_id":"half","type":7,"accepts_response_payload":null,"payload":"x"}"#;
    ground.slack.sends_text(half);
    // It went to both sockets, and both acknowledge it.
    ground.slack.wait_for(|world| (world.socket.unknown_acks == 2).then_some(())).await;
    assert_eq!(ground.intake.stored().len(), 1);
    assert_eq!(ground.intake.stored()[0].body, half);
    ground.says("status");
    ground.slack.wait_quiet().await;
    assert_eq!((ground.intake.stored().len(), ground.dials()), (2, 2));
}

#[tokio::test]
async fn a_megabyte_is_taken() {
    let ground = Ground::open().await;
    let text = format!("<@U0BOT> {}", "long ".repeat(200_000));
    let event = json!({ "type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": text });
    let answer = ground.slack.sends_envelope("events_api", json!({ "event_id": "Ev1", "event": event })).await;
    assert_eq!(answer.error, None);
    let body: Value = serde_json::from_str(&ground.intake.stored()[0].body).unwrap();
    assert_eq!(body["payload"]["event"], event);
    assert_eq!(ground.intake.keys(), ["message:C1:1.2"]);
}
