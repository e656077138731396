//! What cannot be stored comes again, or is told to whoever did it.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::intake::Does;
use super::{Ground, card};
use crate::support::slack::BOT_TOKEN;

/// Slack's patience.
const PATIENCE: Duration = Duration::from_secs(3);

/// A card of ours in `ops`; gives its stamp.
async fn post_card(ground: &Ground) -> String {
    let card = json!({ "channel": "ops", "text": "card", "blocks": card() });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = http.post(format!("{}/chat.postMessage", ground.slack.api_url())).bearer_auth(BOT_TOKEN).json(&card);
    let posted: serde_json::Value = call.send().await.unwrap().json().await.unwrap();
    posted["ts"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_comes_again_and_is_stored_once() {
    let ground = Ground::open().await;
    ground.slack.set(|settings| {
        settings.ack_timeout = Duration::from_millis(50);
        settings.retry_delays = vec![Duration::from_millis(20); 500];
    });
    ground.intake.now(Does::Fail);
    ground.says("status");
    ground.intake.wait_asked(6).await;
    assert_eq!(ground.slack.acks().len(), 0);
    ground.intake.now(Does::Store);
    ground.slack.wait_quiet().await;
    assert_eq!(ground.intake.stored().len(), 1);
    let keys: std::collections::BTreeSet<_> =
        ground.intake.asked().into_iter().map(|arrival| arrival.dedup_key).collect();
    assert_eq!(keys.len(), 1, "the envelopes are new, what happened is the same");
    for envelope in ground.slack.envelopes() {
        assert!(envelope.ids.len() > 1 && envelope.ack.is_some(), "{envelope:?}");
    }
}

#[tokio::test]
async fn a_press_that_cannot_be_stored_is_told_to_whoever_pressed() {
    for (does, words) in [(Does::Fail, "Nothing was done"), (Does::Hang, "I am slow just now")] {
        let ground = Ground::open().await;
        let ts = post_card(&ground).await;
        ground.intake.now(does);
        let pressed = Instant::now();
        let press = ground.slack.clicks("alice", ("ops", ts.as_str()), "Deploy");
        let told = ground.slack.wait_for_message("ops", |message| message.reader.is_some()).await;
        assert!(pressed.elapsed() < PATIENCE, "{does:?}: {:?}", pressed.elapsed());
        assert!(told.text.contains(words), "{}", told.text);
        assert_eq!(press.await.error, None, "{does:?}: who was told needs no warning of Slack's");
        assert_eq!(ground.intake.stored().len(), 0);
        assert_eq!(ground.slack.messages("ops").iter().filter(|message| message.ts == ts).count(), 1);
    }
}

#[tokio::test]
async fn a_press_that_can_neither_be_stored_nor_told_is_left_to_slack() {
    let ground = Ground::open().await;
    let ts = post_card(&ground).await;
    ground.slack.set(|settings| settings.response_url_uses = 0);
    ground.intake.now(Does::Fail);
    let press = ground.slack.clicks("alice", ("ops", ts.as_str()), "Deploy");
    ground.slack.wait_for_calls("response_url", 1).await;
    assert_eq!(press.await.error.as_deref(), Some("operation_timeout"));
}

#[tokio::test]
async fn a_command_that_cannot_be_stored_is_told_in_its_acknowledgement() {
    for (does, words) in [(Does::Fail, "Nothing was done"), (Does::Hang, "I am slow just now")] {
        let ground = Ground::open().await;
        ground.intake.now(does);
        let answer = ground.slack.types_slash("alice", "ops", "/chamberlain status").await;
        assert_eq!(answer.error, None);
        assert!(answer.took < PATIENCE, "{does:?}: {:?}", answer.took);
        assert!(answer.payload["text"].as_str().unwrap().contains(words), "{}", answer.payload);
        ground.slack.wait_for_message("ops", |message| message.reader.is_some()).await;
        assert_eq!(ground.intake.stored().len(), 0);
    }
}

#[tokio::test]
async fn a_press_that_comes_twice_is_one_and_is_acknowledged_twice() {
    let ground = Ground::open().await;
    let ts = post_card(&ground).await;
    ground.slack.duplicate_next(1);
    assert_eq!(ground.slack.clicks("alice", ("ops", ts.as_str()), "Deploy").await.error, None);
    ground.intake.wait_asked(2).await;
    assert_eq!(ground.intake.stored().len(), 1);
}
