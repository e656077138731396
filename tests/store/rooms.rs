//! Rooms that are wanted back, and those that were left.

use chamberlain::domain::card::{CardRow, CardState};
use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::room::{Former, Made, Room, RoomState, Standing, Stands};
use chamberlain::domain::{ChatName, MessageId, RoomId};
use chamberlain::store::{cards, former_rooms, rooms};

use crate::ledger::{Ledger, each};

fn key() -> IterationKey {
    IterationKey::new("sprint-42")
}

fn id(local: &str) -> RoomId {
    RoomId::new(&ChatName::new("fake"), local)
}

fn made(local: &str, stands: Stands) -> Room {
    let made = Made { room: id(local), name: "sprint-42".into(), stands };
    Room { state: RoomState::Made(made), ..Room::wanted(key(), ChatName::new("fake")) }
}

async fn put(ledger: &Ledger, room: Room) {
    ledger.store.write(move |tx| Box::pin(async move { rooms::put(tx, &room).await })).await.unwrap();
}

#[tokio::test]
async fn a_room_reads_back_as_it_was_written() {
    for ledger in each().await {
        for stands in [
            Stands::Open,
            Stands::Archived { wanted_back: false },
            Stands::Archived { wanted_back: true },
            Stands::Lost { wanted_back: false },
            Stands::Lost { wanted_back: true },
        ] {
            let room = made("one", stands);
            put(&ledger, room.clone()).await;
            let mut reader = ledger.store.reader().await.unwrap();
            assert_eq!(rooms::of_iteration(&mut reader, &key()).await.unwrap(), Some(room));
            assert_eq!(rooms::is_open(&mut reader, &id("one")).await.unwrap(), stands == Stands::Open);
        }
    }
}

#[tokio::test]
async fn a_wish_to_have_a_room_back_outlasts_what_is_seen_until_it_is_open() {
    for ledger in each().await {
        put(&ledger, made("one", Stands::Archived { wanted_back: true })).await;
        for (standing, stands) in [
            (Standing::Lost, Stands::Lost { wanted_back: true }),
            (Standing::Archived, Stands::Archived { wanted_back: true }),
            (Standing::Open, Stands::Open),
            (Standing::Archived, Stands::Archived { wanted_back: false }),
        ] {
            let seen = ledger.store.write(move |tx| Box::pin(async move { rooms::stands(tx, &key(), standing).await }));
            seen.await.unwrap();
            let mut reader = ledger.store.reader().await.unwrap();
            assert_eq!(rooms::of_iteration(&mut reader, &key()).await.unwrap(), Some(made("one", stands)));
        }
    }
}

#[tokio::test]
async fn a_room_that_was_left_is_known_and_told_once_and_its_card_goes_along() {
    for ledger in each().await {
        put(&ledger, made("two", Stands::Open)).await;
        let former = Former { room: id("one"), iteration: key(), number: 1 };
        let (left, now) = (former.clone(), ledger.store.clock().now());
        let state = CardState::Posted { room: id("one"), message: MessageId::new("m1") };
        let card = CardRow { state, shown: Some("as it was".into()), ..CardRow::of_room(key()) };
        let moved = ledger.store.write(move |tx| {
            Box::pin(async move {
                cards::put(tx, &card).await?;
                former_rooms::put(tx, &left).await?;
                former_rooms::move_cards(tx, &left).await
            })
        });
        moved.await.unwrap();
        let mut reader = ledger.store.reader().await.unwrap();
        for room in ["one", "two"] {
            assert_eq!(rooms::iteration_of(&mut reader, &id(room)).await.unwrap(), Some(key()));
        }
        assert_eq!(rooms::iteration_of(&mut reader, &id("three")).await.unwrap(), None);
        assert!(!rooms::is_open(&mut reader, &id("one")).await.unwrap());
        assert!(rooms::is_open(&mut reader, &id("three")).await.unwrap(), "it is none of ours");
        assert_eq!(former_rooms::find(&mut reader, &id("one")).await.unwrap(), Some(former.clone()));
        assert_eq!(former_rooms::find(&mut reader, &id("two")).await.unwrap(), None);
        assert_eq!(former_rooms::last(&mut reader, &key()).await.unwrap(), Some(former.clone()));
        let card = cards::find(&mut reader, &CardRow::of_room(key()).id).await.unwrap();
        assert_eq!(card, Some(CardRow::of_room(key())), "it is wanted anew");
        assert_eq!(former_rooms::untold(&mut reader).await.unwrap(), [former]);
        drop(reader);
        let told = ledger.store.write(move |tx| Box::pin(async move { former_rooms::told(tx, &id("one"), now).await }));
        told.await.unwrap();
        assert_eq!(former_rooms::untold(&mut ledger.store.reader().await.unwrap()).await.unwrap(), []);
    }
}
