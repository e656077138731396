//! What happens to a room while a steward waits for the chat's answer: what it saw is over, and does not count.

use std::sync::Arc;
use std::time::Duration;

use chamberlain::domain::PersonId;
use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::touch::TouchKey;
use chamberlain::ports::{Intake, Standing};

use crate::support::chat::FakeChat;
use crate::support::gate::Fate;
use crate::support::house::House;

/// A house whose `sprint-42` has ana and bo, with its room in this chat.
async fn house_with(chat: &Arc<FakeChat>) -> House {
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.says("ana", "#lobby", "iteration add bo --in sprint-42").await;
    house.settled().await;
    house
}

fn people(chat: &FakeChat, room: &str) -> Vec<PersonId> {
    let mut people = chat.with_room_named(room, |room| room.seen.members.clone());
    people.sort();
    people
}

fn archive(chat: &FakeChat) {
    chat.with_room_named("sprint-42", |room| {
        room.seen.standing = Standing::Archived;
        room.seen.members.clear();
    });
}

#[tokio::test]
async fn whoever_was_in_a_room_has_not_left_it_because_it_was_archived_between_two_looks() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    chat.gate.shut();
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    // The first look, and the invitation.
    chat.gate.let_pass(2, 0).await;
    archive(&chat);
    chat.gate.open();
    house.settled().await;
    house.look_at_room("sprint-42").await;
    chat.with_room_named("sprint-42", |room| room.seen.standing = Standing::Open);
    house.look_at_room("sprint-42").await;
    assert_eq!(people(&chat, "sprint-42"), ["ana", "bo", "cy"].map(PersonId::new));
}

#[tokio::test]
async fn whoever_was_in_a_room_has_not_left_it_because_it_was_archived_and_lost() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    archive(&chat);
    for standing in [Standing::Lost, Standing::Open] {
        chat.with_room_named("sprint-42", |room| room.seen.standing = standing);
        house.look_at_room("sprint-42").await;
    }
    assert_eq!(people(&chat, "sprint-42"), ["ana", "bo"].map(PersonId::new));
}

#[tokio::test]
async fn whom_we_brought_in_is_taken_out_though_the_answer_was_lost() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    chat.state().faults.lose_answers = 1;
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    house.settled().await;
    house.pass(Duration::from_secs(30)).await;
    assert_eq!(people(&chat, "sprint-42"), ["ana", "bo", "cy"].map(PersonId::new));
    house.says("ana", "#lobby", "iteration remove cy --in sprint-42").await;
    house.settled().await;
    assert_eq!(people(&chat, "sprint-42"), ["ana", "bo"].map(PersonId::new));
}

#[tokio::test]
async fn a_word_that_comes_while_somebody_is_brought_in_counts() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    chat.gate.shut();
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    chat.gate.let_pass(2, 0).await;
    house.says("ana", "#lobby", "iteration remove cy --in sprint-42").await;
    chat.gate.open();
    house.settled().await;
    assert_eq!(people(&chat, "sprint-42"), ["ana", "bo"].map(PersonId::new));
}

#[tokio::test]
async fn a_room_that_was_opened_again_is_not_judged_by_an_older_look() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    chat.gate.shut();
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    chat.gate.let_pass(2, 0).await;
    // The second look is carried out, and its answer takes its time.
    chat.gate.until_waiting(1).await;
    chat.gate.tell(0, Fate::GoesOn);
    chat.gate.until_waiting(1).await;
    for standing in [Standing::Archived, Standing::Open] {
        archive(&chat);
        chat.with_room_named("sprint-42", |room| room.seen.standing = standing);
        let room = TouchKey::Room(IterationKey::new("sprint-42"));
        Intake::touch(&house.store, room).await.unwrap();
        chat.gate.let_pass(1, 1).await;
        let told = if standing == Standing::Open { "is there again" } else { "was archived" };
        house.until(|text| text.contains(told), "lobby").await;
    }
    chat.gate.open();
    house.settled().await;
    assert_eq!(people(&chat, "sprint-42"), ["ana", "bo", "cy"].map(PersonId::new));
}

#[tokio::test]
async fn a_card_that_is_edited_while_its_room_is_left_comes_to_the_successor() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    chat.gate.shut();
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    // Look, invitation, look; then the card is edited, and the answer takes its time.
    chat.gate.let_pass(3, 0).await;
    chat.gate.until_waiting(1).await;
    chat.gate.tell(0, Fate::GoesOn);
    chat.gate.until_waiting(1).await;
    archive(&chat);
    Intake::touch(&house.store, TouchKey::Room(IterationKey::new("sprint-42"))).await.unwrap();
    chat.gate.let_pass(1, 1).await;
    house.until(|text| text.contains("was archived"), "lobby").await;
    house.says("ana", "#lobby", "iteration reopen --in sprint-42").await;
    // It is looked at, and stays closed: its successor is asked for.
    chat.gate.let_pass(2, 1).await;
    chat.gate.until_waiting(2).await;
    chat.gate.open();
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42", "sprint-42-2"]);
    let texts = chat.texts("sprint-42-2");
    assert!(texts.len() == 1 && texts[0].contains("Members: @ana, @bo, @cy"), "{texts:?}");
}
