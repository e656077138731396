//! A room that was archived is wanted back: it is opened again, or where Slack leaves that to people, a successor takes
//! its place, linked both ways, and made once though the program dies over it.

use crate::home::Home;
use crate::message::Message;
use crate::walk::start_the_iteration;
use crate::workspace::{Fault, How, Workspace};

in_both_worlds!(
    an_archived_room_is_opened_again,
    a_room_that_stays_closed_has_a_successor,
    killed_between_a_successor_and_its_record
);

const ROOM: &str = "sprint-42";
const SUCCESSOR: &str = "sprint-42-2";

async fn an_archived_room_is_opened_again(world: impl Workspace) {
    let _home = Home::open(&world).await;
    start_the_iteration(&world).await;
    let told = archived(&world).await;
    world.presses("alice", ("ops", &told.ts), "Open it again").await;
    world.until_ours("ops", "word that it is back", |message| message.shows("is there again")).await;
    world.says("alice", ROOM, "@bot iteration show").await;
    world.until_ours(ROOM, "an answer in the room", |message| message.shows("Owner:")).await;
    assert_eq!(world.calls("conversations.create").await, 1);
}

async fn a_room_that_stays_closed_has_a_successor(world: impl Workspace) {
    let _home = Home::open(&world).await;
    start_the_iteration(&world).await;
    archived(&world).await;
    world.fault(Fault::on("conversations.unarchive", How::Error("not_in_channel"))).await;
    for _ in 0..3 {
        world.says("alice", "ops", "@bot iteration reopen --in sprint-42").await;
    }
    let card = world.until_ours(SUCCESSOR, "the card of the successor", |message| message.has_button("Deploy")).await;
    assert!(card.shows("Before"), "{card:?}");
    let look = async |world: &_| furnished(world, &card).await;
    world.until("the successor with bot, member, topic and pinned card", look).await;
    let is_told = |message: &Message| message.shows("stays closed to me");
    world.until_ours("ops", "word of both rooms", is_told).await;
    world.says("alice", SUCCESSOR, "@bot iteration show").await;
    world.until_ours(SUCCESSOR, "the iteration of the successor", |message| message.shows("Owner:")).await;
    let told = world.channel("ops").await.unwrap().messages;
    assert_eq!(told.iter().filter(|message| is_told(message)).count(), 1, "{told:?}");
    assert_eq!(world.calls("conversations.create").await, 2);
    people_open_the_former_one(&world).await;
}

async fn people_open_the_former_one(world: &impl Workspace) {
    let goes_on = |message: &Message| message.shows("goes on in");
    let told = world.channel(ROOM).await.unwrap().messages;
    assert!(!told.iter().any(goes_on), "nobody hears us there: {told:?}");
    world.end_faults().await;
    world.unarchives(ROOM).await;
    world.says("alice", ROOM, "@bot iteration show").await;
    let is_iteration = |message: &Message| message.thread.is_none() && message.text.contains("Owner:");
    world.until_ours(ROOM, "where it goes on", goes_on).await;
    world.until_ours(ROOM, "the iteration it belonged to", is_iteration).await;
}

async fn killed_between_a_successor_and_its_record(world: impl Workspace) {
    let mut home = Home::open(&world).await;
    start_the_iteration(&world).await;
    archived(&world).await;
    world.fault(Fault::on("conversations.unarchive", How::Error("restricted_action"))).await;
    world.fault(Fault::on("conversations.create", How::Cut).after_effect()).await;
    world.says("alice", "ops", "@bot iteration reopen --in sprint-42").await;
    world.until("the successor, of which nobody knows", async |world: &_| world.channel(SUCCESSOR).await).await;
    home.kill().await;
    world.end_faults().await;
    home.start().await;
    let card = world.until_ours(SUCCESSOR, "the card of the successor", |message| message.has_button("Deploy")).await;
    let look = async |world: &_| furnished(world, &card).await;
    world.until("the successor with bot, member, topic and pinned card", look).await;
    assert!(world.channel("sprint-42-3").await.is_none(), "it was adopted");
    let cards = world.channel(SUCCESSOR).await.unwrap().messages;
    assert_eq!(cards.iter().filter(|message| message.shows("Before")).count(), 1, "{cards:?}");
}

/// People archive the room; gives the line that tells of it.
async fn archived(world: &impl Workspace) -> Message {
    world.archives(ROOM).await;
    world.until_ours("ops", "what became of the room", |message| message.has_button("Open it again")).await
}

async fn furnished(world: &impl Workspace, card: &Message) -> Option<()> {
    let room = world.channel(SUCCESSOR).await?;
    let is_peopled = [world.bot(), world.id("alice")].iter().all(|who| room.members.contains(who));
    (is_peopled && !room.topic.is_empty() && room.pins.contains(&card.ts)).then_some(())
}
