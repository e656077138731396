//! Envelopes and connections.

use std::time::Duration;

use serde_json::{Value, json};

use super::ground;
use crate::support::slack::envelopes::State;

#[tokio::test]
async fn an_event_comes_until_it_is_acknowledged() {
    let (slack, _, mut socket) = ground().await;
    slack.says("alice", "ops", "one");
    let frame = socket.frame().await;
    socket.ack(&frame, Value::Null).await;
    slack.wait_quiet().await;

    slack.unsubscribe("message.channels");
    slack.set(|settings| settings.ack_timeout = Duration::from_millis(50));
    slack.set(|settings| settings.retry_delays = vec![Duration::ZERO]);
    let ts = slack.says("alice", "ops", "@bot two");
    let mention = socket.frame().await;
    assert_eq!(mention["payload"]["event"]["type"], "app_mention");
    assert_eq!(mention["payload"]["event"]["ts"], ts);
    let again = socket.frame().await;
    assert_eq!(again["payload"], mention["payload"], "only what was not acknowledged comes again");
    assert_ne!(again["envelope_id"], mention["envelope_id"]);
    assert_eq!((&again["retry_attempt"], &again["retry_reason"]), (&json!(1), &json!("timeout")));
    socket.ack(&again, Value::Null).await;
    let acks = slack.wait_for(|world| Some(world.acks()).filter(|acks| acks.len() == 2)).await;
    assert_eq!(acks[1].id, again["envelope_id"]);
    let deliveries: Vec<usize> = slack.envelopes().iter().map(|envelope| envelope.deliveries.len()).collect();
    assert_eq!(deliveries, [1, 2]);

    slack.drop_connections();
    slack.set(|settings| settings.retry_delays = Vec::new());
    slack.says("alice", "ops", "@bot three");
    slack.wait_quiet().await;
    assert_eq!(slack.envelopes()[2].state, State::GivenUp, "nobody was there");
}

#[tokio::test]
async fn a_frame_that_is_too_big_ends_the_connection() {
    let (slack, _, mut socket) = ground().await;
    let command = slack.types_slash("alice", "ops", "/chamberlain status");
    let frame = socket.frame().await;
    socket.ack(&frame, json!({ "text": "x".repeat(20_481) })).await;
    assert_eq!(socket.end().await, Ok(()));
    assert!(command.envelope().unwrap().ack.is_none());
}

#[tokio::test]
async fn connections_are_recycled_fall_silent_and_deliver_out_of_order() {
    let (slack, client, mut first) = ground().await;
    slack.stall();
    let mut second = client.connect().await;
    assert_eq!(second.frame().await["num_connections"], 2, "the silent one still counts");
    slack.wait_connected(1).await;
    slack.forget_stalled();
    assert_eq!(first.end().await, Err(()));

    slack.unsubscribe("app_mention");
    slack.reorder_next(2);
    slack.says("alice", "ops", "one");
    slack.says("alice", "ops", "two");
    for text in ["two", "one"] {
        let frame = second.frame().await;
        assert_eq!(frame["payload"]["event"]["text"], text);
        second.ack(&frame, Value::Null).await;
    }
    slack.duplicate_next(1);
    slack.says("alice", "ops", "three");
    let (one, other) = (second.frame().await, second.frame().await);
    assert_eq!(one["payload"]["event_id"], other["payload"]["event_id"]);
    second.ack(&one, Value::Null).await;
    slack.wait_quiet().await;

    slack.refresh(Duration::from_millis(10));
    for reason in ["warning", "refresh_requested"] {
        assert_eq!(second.frame().await["reason"], reason);
    }
    assert_eq!(second.end().await, Ok(()));
    slack.set(|settings| settings.max_connections = 0);
    assert_eq!(client.connect().await.frame().await["reason"], "too_many_websockets");
}

#[tokio::test]
async fn it_is_gone_with_the_last_handle() {
    let (slack, client, mut socket) = ground().await;
    let other = slack.clone();
    drop(slack);
    assert_eq!(client.call("auth.test", json!({})).await["ok"], true);
    drop(other);
    assert_eq!(socket.end().await, Err(()));
    assert!(client.http.get(&client.api).send().await.is_err());
}
