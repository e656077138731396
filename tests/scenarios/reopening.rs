//! Rooms that were archived or lost are opened again by a command, and where the chat does not let us, another takes
//! their place, linked both ways.

use std::sync::Arc;
use std::time::Duration;

use chamberlain::domain::PersonId;
use chamberlain::ports::Standing;

use crate::support::chat::FakeChat;
use crate::support::house::House;

const REOPEN: &str = "iteration reopen --in sprint-42";
const SUCCEEDED: &str = "The room of Sprint 42 stays closed to me: the iteration goes on in #id3, and what was said before \
                         stays in #id1.";

/// A house whose `sprint-42` runs something, with its room in this chat.
async fn house_with(chat: &Arc<FakeChat>) -> House {
    let house = House::with_chat(chat.clone(), "{key}").await;
    house.says("ana", "#lobby", "iteration start Sprint 42").await;
    house.says("ana", "#lobby", "iteration add bo --in sprint-42").await;
    house.settled().await;
    house
}

/// The room is archived, which takes everybody out of it, and that is seen.
async fn archived(chat: &FakeChat, house: &House, name: &str) {
    shut(chat, name, Standing::Archived);
    house.look_at_room("sprint-42").await;
}

fn shut(chat: &FakeChat, name: &str, standing: Standing) {
    chat.with_room_named(name, |room| {
        room.seen.standing = standing;
        room.seen.members.clear();
    });
}

async fn told(house: &House, words: &str) -> usize {
    house.texts_in("lobby").await.iter().filter(|text| text.contains(words)).count()
}

#[tokio::test]
async fn an_open_room_is_named_and_left_as_it_is() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    assert_eq!(house.says("ana", "#lobby", REOPEN).await.answers, ["The room of Sprint 42 is open: #id1"]);
    let refused = house.says("cy", "#lobby", REOPEN).await;
    assert!(refused.answers[0].starts_with("You may not run `iteration reopen`"), "{refused:?}");
}

#[tokio::test]
async fn an_archived_room_is_opened_again_by_a_word_and_all_goes_on_in_it() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    house.says("bo", "#lobby", "deploy api web --in sprint-42").await;
    let heard = house.says("ana", "#lobby", REOPEN).await;
    assert!(heard.answers[0].starts_with("I am opening the room of Sprint 42 again"), "{heard:?}");
    house.settled().await;
    assert_eq!(told(&house, "The room of Sprint 42 is there again: I go on in it.").await, 1);
    assert_eq!(chat.our_rooms(), ["sprint-42"]);
    let texts = chat.texts("sprint-42");
    assert_eq!(texts.len(), 2, "the deployment's card came: {texts:?}");
    let (members, standing) = chat.with_room_named("sprint-42", |room| (room.seen.members.len(), room.seen.standing));
    assert_eq!((members, standing), (2, Standing::Open));
}

#[tokio::test]
async fn the_line_that_tells_of_it_has_a_button_that_opens_the_room_again() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    let card = house.cards_in("lobby").await.pop().unwrap();
    assert_eq!(card.buttons, ["say:iteration reopen --in sprint-42"]);
    let refused = house.presses("cy", &card, &card.buttons[0]).await;
    assert!(refused.answers[0].starts_with("You may not run"), "{refused:?}");
    house.presses("ana", &card, &card.buttons[0]).await;
    house.settled().await;
    assert_eq!(told(&house, "is there again").await, 1);
}

#[tokio::test]
async fn where_the_chat_refuses_a_successor_is_opened_and_linked_both_ways() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    let said_before = chat.texts("sprint-42");
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42", "sprint-42-2"]);
    assert_eq!(house.texts_in("lobby").await.last().unwrap(), SUCCEEDED);
    assert_eq!(chat.texts("sprint-42"), said_before, "the old room is left as it is");
    let first = chat.texts("sprint-42-2").remove(0);
    assert!(first.contains("Before: #id1") && first.contains("Members: @ana, @bo"), "{first}");
    chat.with_room_named("sprint-42-2", |room| {
        assert_eq!(room.seen.members, [PersonId::new("ana"), PersonId::new("bo")]);
        assert_eq!(room.seen.pinned.as_ref().unwrap().as_str(), room.messages[0].0);
        assert_eq!(room.seen.topic.as_deref(), Some("Sprint 42 · active · ana · no end set"));
        assert_eq!(room.seen.bookmarks.as_ref().unwrap().len(), 2);
    });
    assert_eq!(house.says("ana", "#lobby", REOPEN).await.answers, ["The room of Sprint 42 is open: #id3"]);
}

#[tokio::test]
async fn later_cards_go_to_the_successor_and_those_of_the_past_stay() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    for _ in 0..2 {
        house.says("bo", "#lobby", "deploy api web --in sprint-42").await;
        house.settled().await;
    }
    house.says("bo", "#lobby", "deploy --in sprint-42").await;
    house.settled().await;
    let before = chat.texts("sprint-42");
    archived(&chat, &house, "sprint-42").await;
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    let moved = chat.texts("sprint-42-2");
    assert_eq!(moved.len(), 3, "the room's card, the newest deployment's, the open deploy card: {moved:?}");
    assert!(moved[0].contains("Before:"), "the room's own is the first: {moved:?}");
    house.says("bo", "#lobby", "deploy web@w1 --in sprint-42").await;
    house.settled().await;
    assert!(chat.texts("sprint-42-2").len() > moved.len());
    // Opened by hand, its cards are still those of the past.
    chat.with_room_named("sprint-42", |room| room.seen.standing = Standing::Open);
    house.says("ana", "#lobby", "iteration add cy --in sprint-42").await;
    house.settled().await;
    assert_eq!(chat.texts("sprint-42"), before);
}

#[tokio::test]
async fn a_former_room_that_people_open_is_told_once_where_the_iteration_goes_on() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    let before = chat.texts("sprint-42").len();
    house.look_at_former("fake:id1").await;
    assert_eq!(chat.texts("sprint-42").len(), before, "nobody hears us there");
    chat.with_room_named("sprint-42", |room| room.seen.standing = Standing::Open);
    for _ in 0..2 {
        house.look_at_former("fake:id1").await;
    }
    let texts = chat.texts("sprint-42");
    assert_eq!((texts.len(), texts.last().unwrap().as_str()), (before + 1, "Sprint 42 goes on in #id3."));
    let topic = chat.with_room_named("sprint-42", |room| room.seen.topic.replace("as people like".into()));
    assert!(topic.is_some());
    house.look_at_room("sprint-42").await;
    assert_eq!(chat.with_room_named("sprint-42", |room| room.seen.topic.clone().unwrap()), "as people like");
}

#[tokio::test]
async fn a_former_room_that_is_open_while_nothing_runs_is_told_at_the_next_start() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    chat.with_room_named("sprint-42", |room| room.seen.standing = Standing::Open);
    let house = house.reopen().await;
    house.settled().await;
    assert_eq!(chat.texts("sprint-42").last().unwrap(), "Sprint 42 goes on in #id3.");
}

#[tokio::test]
async fn a_room_that_is_lost_has_a_successor_directly_and_that_one_another() {
    let chat = Arc::new(FakeChat::default());
    let house = house_with(&chat).await;
    for (room, next, named) in
        [("sprint-42", "sprint-42-2", "Before: #id1"), ("sprint-42-2", "sprint-42-3", "Before: #id3")]
    {
        shut(&chat, room, Standing::Lost);
        house.look_at_room("sprint-42").await;
        house.says("ana", "#lobby", REOPEN).await;
        house.settled().await;
        let first = chat.texts(next).remove(0);
        assert!(first.contains(named), "{first}");
    }
    assert_eq!(chat.our_rooms(), ["sprint-42", "sprint-42-2", "sprint-42-3"]);
    assert_eq!(told(&house, "stays closed to me").await, 2);
}

#[tokio::test]
async fn ten_words_at_once_make_one_successor() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    futures::future::join_all((0..10).map(|_| house.says("ana", "#lobby", REOPEN))).await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42", "sprint-42-2"]);
    assert_eq!(told(&house, "stays closed to me").await, 1);
    assert_eq!(chat.texts("sprint-42-2").len(), 1);
}

#[tokio::test]
async fn a_successor_whose_answer_was_lost_is_adopted_not_made_again() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    chat.state().faults.lose_answers = 1;
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42", "sprint-42-2"], "it was made, and nobody heard of it");
    let house = house.reopen().await;
    house.pass(Duration::from_secs(30)).await;
    assert_eq!(chat.our_rooms(), ["sprint-42", "sprint-42-2"]);
    assert_eq!(chat.texts("sprint-42-2").len(), 1);
    assert_eq!(told(&house, "stays closed to me").await, 1);
}

#[tokio::test]
async fn a_successor_that_is_refused_is_told_and_comes_later() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.refuse_rooms = 1;
    let house = house_with(&chat).await;
    house.pass(Duration::from_mins(1)).await;
    chat.state().faults.stays_closed = true;
    chat.state().faults.refuse_rooms = 2;
    archived(&chat, &house, "sprint-42").await;
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    let heard = house.says("ana", "#lobby", REOPEN).await;
    assert_eq!(heard.answers, ["The room of Sprint 42 is still to come."]);
    for _ in 0..3 {
        house.pass(Duration::from_mins(1)).await;
    }
    assert_eq!(told(&house, "I could not open the room").await, 2, "once for each of the two rooms");
    assert_eq!(told(&house, "stays closed to me").await, 1);
}

#[tokio::test]
async fn a_room_that_was_archived_and_renamed_at_once_gives_its_name_to_nobody() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    // The very name that its successor would have: made by us, and as new as can be.
    chat.with_room_named("sprint-42", |room| {
        room.name = "sprint-42-2".into();
        room.made_at_intent = i64::MAX;
    });
    archived(&chat, &house, "sprint-42-2").await;
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42-2", "sprint-42-3"]);
    assert!(chat.texts("sprint-42-3")[0].contains("Before: #id1"));
}

#[tokio::test]
async fn what_is_opened_by_hand_before_we_come_to_it_needs_no_successor() {
    let chat = Arc::new(FakeChat::default());
    chat.state().faults.stays_closed = true;
    let house = house_with(&chat).await;
    archived(&chat, &house, "sprint-42").await;
    chat.with_room_named("sprint-42", |room| room.seen.standing = Standing::Open);
    house.says("ana", "#lobby", REOPEN).await;
    house.settled().await;
    assert_eq!(chat.our_rooms(), ["sprint-42"]);
    assert_eq!(told(&house, "is there again").await, 1);
    // That wish is over: archived anew, it is left alone.
    archived(&chat, &house, "sprint-42").await;
    assert_eq!(chat.our_rooms(), ["sprint-42"]);
}
