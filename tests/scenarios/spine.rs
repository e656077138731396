//! The way of a message: in, decided, out, written down.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::house::House;

#[tokio::test]
async fn ping_is_answered_and_written_down() {
    let house = House::open().await;
    let heard = house.says("bo", "#lobby", "ping").await;
    assert_eq!((heard.outcome.as_str(), heard.answers.as_slice()), ("changed", &["pong".to_owned()][..]));
    assert_eq!(house.last_audit().await, ("ana as bo".into(), Some("ping".into()), "changed".into()));
}

#[tokio::test]
async fn who_may_not_is_told_who_may() {
    let house = House::open().await;
    let heard = house.says("dee", "#lobby", "ping").await;
    assert_eq!(heard.outcome, "refused");
    assert_eq!(
        heard.answers,
        [
            "You may not run `ping`: no role of yours allows it. Roles that allow it: `developer` (bo), `lead` (ana), `reader` (cy)."
        ]
    );
    assert_eq!(house.texts_in("lobby").await, ["ping"], "a refusal is for its asker alone, and ana is not dee");
}

#[tokio::test]
async fn a_message_sent_twice_is_answered_once() {
    let house = House::open().await;
    let body = json!({ "room": "#lobby", "text": "ping", "key": "k1" });
    let (first, said) = house.post("/api/v1/messages", &body).await;
    let (second, seen) = house.post("/api/v1/messages", &body).await;
    assert_eq!((first, second), (StatusCode::ACCEPTED, StatusCode::OK));
    assert_eq!(said["message"], seen["message"]);
    house.answers_to(said["event"].as_str().unwrap()).await;
    assert_eq!(house.texts_in("lobby").await, ["ping", "pong"]);
}

#[tokio::test]
async fn several_lines_are_several_commands_each_decided_alone() {
    let house = House::open().await;
    let heard = house.says("ana", "#lobby", "ping\nfrobnicate\nping").await;
    assert_eq!(heard.outcome, "refused");
    assert_eq!(heard.answers, ["pong", "I know no command `frobnicate`. `help` lists what you may run.", "pong"]);
}

#[tokio::test]
async fn what_was_said_before_the_house_closed_is_still_there_after() {
    let house = House::open().await;
    house.says("ana", "#lobby", "ping").await;
    let house = house.reopen().await;
    assert_eq!(house.texts_in("lobby").await, ["ping", "pong"]);
    house.says("ana", "#lobby", "ping").await;
    assert_eq!(house.texts_in("lobby").await, ["ping", "pong", "ping", "pong"]);
}

#[tokio::test]
async fn a_command_that_is_decided_long_after_it_was_said_is_not_carried_out() {
    let house = House::open().await;
    let event = house.says_while_closed("ana", "lobby", "iteration start Sprint 42").await;
    let house = house.reopen_after(std::time::Duration::from_mins(5)).await;
    let heard = house.answers_to(&event).await;
    assert_eq!(
        heard.answers,
        ["You said `iteration start Sprint 42` 5 minutes ago and I come to it only now, so I have not done it. \
          Say it again if you still want it."]
    );
    assert_eq!(house.says("ana", "#lobby", "iteration list").await.answers.len(), 1);
}
