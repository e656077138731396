//! What a message costs in statements. Through sqlx each one is a message to the connection's thread and back, so a
//! new one on these paths must be worth it.

use std::sync::Arc;

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

/// The statements that a payload from the fake chat costs until nothing is left to do.
async fn cost(house: &House, key: &str, payload: &Payload) -> u64 {
    house.settled().await;
    let before = house.store.statements().count();
    let arrival = Arrival {
        source: Source::Chat(ChatName::new("fake")),
        dedup_key: key.into(),
        lane: Lane::new("fake:lane"),
        body: serde_json::to_string(payload).unwrap(),
        talk: None,
    };
    house.store.arrive(arrival).await.unwrap();
    // Asking whether anything is left costs statements too; they are the question's, not the message's.
    let mut asked = 0;
    loop {
        let changed = house.store.changed();
        let before_asking = house.store.statements().count();
        let open = house.store.count_open().await.unwrap();
        asked += 3;
        if open == 0 {
            assert!(house.store.statements().count() >= before_asking + 3);
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
        least = least.min(cost(house, &format!("{least}-{number}-{payload:?}"), &payload).await);
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
