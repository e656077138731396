//! The way of a message: in, decided, out, written down.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use chamberlain::domain::{ChatName, Lane};
use chamberlain::event::{Arrival, Source};
use chamberlain::ports::{Arrived, Intake};
use serde_json::json;

use crate::support::chat::FakeChat;
use crate::support::house::{Heard, House};

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

/// Somebody says a line to us in a room of the fake chat.
async fn hears(house: &House, room: &str, line: &str) {
    let payload = json!({
        "kind": "said", "account": "ana", "room": room, "message": line, "text": line, "is_for_us": true
    });
    let arrival = Arrival {
        source: Source::Chat(ChatName::new("fake")),
        dedup_key: line.into(),
        lane: Lane::new(room),
        body: payload.to_string(),
        talk: None,
        trace: None,
    };
    house.store.arrive(arrival).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_keeps_failing_steps_aside_and_comes_later() {
    let chat = Arc::new(FakeChat::default().with_foreign_room("ops"));
    let house = House::with_chat(chat.clone(), "{key}").await;
    chat.state().faults.put_off = Some("one".into());
    hears(&house, "foreign-ops", "echo one").await;
    hears(&house, "foreign-ops", "echo two").await;
    chat.until(|state| state.has_put_off == 1).await;
    house.clock.pass(Duration::from_secs(29));
    chat.until(|state| state.has_put_off == 2).await;
    assert!(chat.texts("ops").is_empty(), "for a while the order is kept");
    house.clock.pass(Duration::from_secs(1));
    chat.until(|state| !state.rooms["foreign-ops"].messages.is_empty()).await;
    assert_eq!(chat.texts("ops"), ["two"]);
    chat.state().faults.put_off = None;
    house.pass(Duration::from_mins(1)).await;
    assert_eq!(chat.texts("ops"), ["two", "one"]);
}

#[tokio::test]
async fn several_lines_are_several_commands_each_decided_alone() {
    let house = House::open().await;
    let heard = house.says("ana", "#lobby", "ping\nfrobnicate\nping").await;
    assert_eq!(heard.outcome, "refused");
    assert_eq!(heard.answers, ["pong", "I know no command `frobnicate`. `help` lists what you may run.", "pong"]);
}

#[tokio::test]
async fn a_message_with_more_commands_than_are_taken_at_once_is_answered_once_and_nothing_of_it_is_done() {
    let house = House::open().await;
    let heard = house.says("ana", "#lobby", &"ping\n".repeat(20)).await;
    assert_eq!((heard.outcome.as_str(), heard.answers.len()), ("changed", 20));
    let heard = house.says("ana", "#lobby", &"ping\n".repeat(3_000)).await;
    assert_eq!(heard.outcome, "refused");
    let told = "Your message has 3000 lines, and each would be a command. I take 20 at once, so I have done nothing of \
                it. Send at most 20 lines a message, or put what is no command between lines of three backticks.";
    assert_eq!(heard.answers, [told]);
    let rows = house.texts_in("lobby").await;
    assert_eq!(rows.iter().filter(|text| text.as_str() == "pong").count(), 20);
}

/// What is said among people in the lobby, and what comes of it.
async fn overhears(house: &House, text: &str) -> Heard {
    let body = json!({ "kind": "said", "account": "ana", "room": "lobby", "message": text, "text": text });
    let arrival = Arrival {
        source: Source::Chat(ChatName::console()),
        dedup_key: text.into(),
        lane: Lane::new("lobby"),
        body: body.to_string(),
        talk: None,
        trace: None,
    };
    let Arrived::New(event) = house.store.arrive(arrival).await.unwrap() else { panic!("it was heard before") };
    house.answers_to(event.as_str()).await
}

#[tokio::test]
async fn a_long_text_among_people_is_talk_unless_it_has_a_command_in_it() {
    let house = House::open().await;
    let talk = "we had soup\n".repeat(40);
    let heard = overhears(&house, &talk).await;
    assert_eq!((heard.outcome.as_str(), heard.answers.len()), ("nothing", 0), "{heard:?}");
    let heard = overhears(&house, &format!("{talk}ping\n{talk}")).await;
    assert_eq!((heard.outcome.as_str(), heard.answers.len()), ("refused", 1), "{heard:?}");
}

#[tokio::test]
async fn a_clock_that_jumps_loses_and_doubles_nothing() {
    let house = House::open().await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    house.says("ana", "#sprint-42", "deploy api web").await;
    house.settled().await;
    house.source.commit("web", "main", "w2");
    house.look_at_repository("web").await;
    house.clock.set_back(Duration::from_hours(2));
    assert_eq!(house.says("ana", "#sprint-42", "ping").await.answers, ["pong"], "back");
    house.says("ana", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
    house.pass(Duration::from_hours(24 * 20)).await;
    assert_eq!(house.says("ana", "#sprint-42", "ping").await.answers, ["pong"], "and far on");
    house.settled().await;
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1", "web@p1"], "what was superseded is not taken");
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
        ["▲ You said `iteration start Sprint 42` 5 minutes ago and I come to it only now, so I have not done it. \
          Say it again if you still want it. (attention)\n  [Do it now]"]
    );
    let told = house.says("ana", "#lobby", "iteration list").await.answers;
    assert!(told[0].starts_with("There is no iteration"), "{told:?}");
    let card = house.cards_in("lobby").await.remove(0);
    assert_eq!(house.presses("ana", &card, &card.buttons[0]).await.outcome, "changed");
    house.settled().await;
    assert!(house.says("ana", "#sprint-42", "iteration show").await.answers[0].starts_with("Sprint 42"));
}
