//! What a message costs in statements. Through sqlx each one is a message to the connection's thread and back, so a
//! new one on these paths must be worth it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chamberlain::domain::card::CardId;
use chamberlain::domain::{ChatName, Lane};
use chamberlain::event::chat::neutral::Payload;
use chamberlain::event::{Arrival, Source};
use chamberlain::ports::Intake;

use crate::support::chat::FakeChat;
use crate::support::house::House;

/// Arrival 1; begin, end of the event, answer, audit, commit 5; receipt 1.
const ECHO: u64 = 7;
/// The same, and the look-up of the card that was pressed.
const CLICK: u64 = 8;
/// Touch 3; taking the key in hand 4, what was seen last 1, letting go 3; what is due next 2.
const HINT: u64 = 13;

/// A payload from the fake chat.
async fn arrives(house: &House, key: &str, payload: &Payload) {
    let arrival = Arrival {
        source: Source::Chat(ChatName::new("fake")),
        dedup_key: key.into(),
        lane: Lane::new("fake:lane"),
        body: serde_json::to_string(payload).unwrap(),
        talk: None,
        trace: None,
    };
    house.store.arrive(arrival).await.unwrap();
}

/// The statements that something costs until nothing is left to do.
async fn cost(house: &House, happens: impl Future<Output = ()>) -> u64 {
    house.settled().await;
    let before = house.store.statements().count();
    happens.await;
    // Asking whether anything is left costs statements too; they are the question's, not the message's.
    let mut asked = 0;
    loop {
        let changed = house.store.changed();
        let before_asking = house.store.statements().count();
        let open = house.store.count_open().await.unwrap();
        asked += 1;
        if open == 0 {
            assert!(house.store.statements().count() > before_asking);
            return house.store.statements().count() - before - asked;
        }
        changed.await;
    }
}

/// The least of several: what else goes on in the house, like a steward lying down to sleep, only adds.
async fn least_cost(house: &House, payload: impl Fn(&str) -> Payload) -> u64 {
    let mut least = u64::MAX;
    for number in 0..8 {
        let payload = payload(&format!("m{number}"));
        let key = format!("{least}-{number}-{payload:?}");
        least = least.min(cost(house, arrives(house, &key, &payload)).await);
    }
    least
}

#[tokio::test]
async fn an_echo_and_a_click_keep_to_their_budget() {
    let chat = Arc::new(FakeChat::default());
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    let room = chat.state().rooms.keys().next().unwrap().clone();
    let said = |message: &str| Payload::Said {
        account: "ana".into(),
        acting_as: None,
        room: room.clone(),
        message: message.into(),
        thread: None,
        text: "echo hello".into(),
        is_for_us: true,
    };
    assert_eq!(least_cost(&house, said).await, ECHO);
    assert_eq!(chat.texts("sprint-42").last().unwrap(), "hello");
    let pressed = |_: &str| Payload::Pressed {
        account: "ana".into(),
        acting_as: None,
        room: room.clone(),
        message: "id2".into(),
        card: CardId::new("room-sprint-42"),
        action: "help".into(),
        value: None,
        guard: 0,
    };
    assert_eq!(least_cost(&house, pressed).await, CLICK);
    assert!(chat.texts("sprint-42").last().unwrap().starts_with("What you may run here"));
}

#[tokio::test]
async fn a_hint_that_finds_nothing_new_keeps_to_its_budget() {
    let house = House::open().await;
    let push = house.push_path("web");
    let mut costs = Vec::new();
    for _ in 0..16 {
        let request = Request::post(&push).header(header::HOST, "127.0.0.1:7420").body(Body::empty()).unwrap();
        costs.push(
            cost(&house, async { assert_eq!(house.request(request).await.status(), StatusCode::ACCEPTED) }).await,
        );
    }
    // What is due next may be asked after the end: one less is no news.
    assert!(costs.iter().min().is_some_and(|least| (HINT - 1..=HINT).contains(least)), "{costs:?}");
}
