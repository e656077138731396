//! What every chat adapter keeps.

use std::sync::Arc;

use chamberlain::adapters::chat::console::Console;
use chamberlain::card::model::Content;
use chamberlain::domain::marked::Marked;
use chamberlain::domain::room::Intent;
use chamberlain::domain::{PersonId, Timestamp};
use chamberlain::ports::{ChatAdapter, ChatError, Post, RandomIds, RoomChange};

use crate::support::chat::FakeChat;
use crate::support::house::House;

/// The adapters, and a house that one of them needs.
async fn adapters() -> (House, Vec<Arc<dyn ChatAdapter>>) {
    let house = House::open().await;
    let console = Console { store: house.store.clone(), clock: house.clock.clone(), ids: Arc::new(RandomIds) };
    (house, vec![Arc::new(console), Arc::new(FakeChat::default())])
}

fn intent(name: &str, nonce: &str) -> Intent {
    Intent { name: name.into(), number: 1, nonce: nonce.into(), at: Timestamp::from_millis(1) }
}

fn words(text: &str) -> Content {
    Content::Text(Marked::plain(text))
}

#[tokio::test]
async fn a_room_is_found_by_its_intent_and_a_taken_name_is_told() {
    for chat in adapters().await.1 {
        assert_eq!(chat.find_room(&intent("one", "n1")).await.unwrap(), None);
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        assert_eq!(chat.find_room(&intent("one", "n1")).await.unwrap(), Some(room.clone()));
        assert_eq!(room.chat(), chat.abilities().name);
        assert!(matches!(chat.open_room(&intent("one", "n2")).await, Err(ChatError::NameTaken)));
        assert_eq!(chat.find_room(&intent("two", "n2")).await.unwrap(), None, "that one is not ours");
    }
}

#[tokio::test]
async fn a_message_is_found_by_its_nonce_and_updated_in_place() {
    for chat in adapters().await.1 {
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        assert_eq!(chat.find(&room, "m1").await.unwrap(), None);
        let content = words("first");
        let post = Post { room: room.clone(), thread: None, only_for: None, content, nonce: "m1".into() };
        let message = chat.post(&post).await.unwrap();
        assert_eq!(chat.find(&room, "m1").await.unwrap(), Some(message.clone()));
        for _ in 0..2 {
            chat.update(&room, &message, &words("second")).await.unwrap();
        }
        assert_eq!(chat.find(&room, "m1").await.unwrap(), Some(message), "it is the same message");
    }
}

#[tokio::test]
async fn changing_a_room_twice_is_changing_it_once() {
    for chat in adapters().await.1 {
        let room = chat.open_room(&intent("one", "n1")).await.unwrap();
        let content = words("pin me");
        let post = Post { room: room.clone(), thread: None, only_for: None, content, nonce: "m1".into() };
        let message = chat.post(&post).await.unwrap();
        let (ana, bo) = (PersonId::new("ana"), PersonId::new("bo"));
        for _ in 0..2 {
            chat.change_room(&room, &RoomChange::Invite(vec![ana.clone(), bo.clone()])).await.unwrap();
            chat.change_room(&room, &RoomChange::Remove(bo.clone())).await.unwrap();
            chat.change_room(&room, &RoomChange::Pin(message.clone())).await.unwrap();
        }
        let seen = chat.look_at(&room).await.unwrap();
        assert_eq!((seen.members, seen.pinned), (vec![ana.clone()], Some(message.clone())));
    }
}
