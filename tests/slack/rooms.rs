//! The room cannot be made, is archived under a deployment, or the bot is thrown out: that is told where somebody hears
//! it, and the work goes on.

use crate::fake::Fake;
use crate::home::Home;
use crate::message::Message;
use crate::walk::start_the_iteration;
use crate::workspace::{Fault, How, Workspace};

in_both_worlds!(
    the_workspace_forbids_new_channels,
    a_room_that_is_renamed_stays_so,
    the_room_is_archived_under_a_deployment,
    the_bot_is_thrown_out_under_a_deployment
);

const ROOM: &str = "sprint-42";

async fn the_workspace_forbids_new_channels(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.fault(Fault::on("conversations.create", How::Error("restricted_action"))).await;
    world.says("alice", "ops", "@bot iteration start Sprint 42").await;
    world.until_ours("ops", "that it has started", |message| message.shows("has started")).await;
    let is_why = |message: &Message| message.shows("could not open the room");
    let why = world.until_ours("ops", "why there is no room", is_why).await;
    assert!(why.shows("restricted_action"), "{why:?}");
    world.end_faults().await;
    world.until_ours(ROOM, "the room after all", |message| message.has_button("Deploy")).await;
    let told = world.channel("ops").await.unwrap().messages;
    assert_eq!(told.iter().filter(|message| is_why(message)).count(), 1, "{told:?}");
}

async fn a_room_that_is_renamed_stays_so(world: impl Workspace) {
    const RENAMED: &str = "sprint-42-pay";
    let _home = Home::open(&world).await;
    start_the_iteration(&world).await;
    world.renames(ROOM, RENAMED).await;
    let is_told = |message: &Message| message.shows("was renamed from");
    let told = world.until_ours("ops", "word of the new name", is_told).await;
    assert!(told.shows(ROOM) && told.shows(RENAMED), "{told:?}");
    world.says("alice", RENAMED, "@bot iteration show").await;
    world.until_ours(RENAMED, "the iteration of the room", |message| message.shows("Owner:")).await;
    let told = world.channel("ops").await.unwrap().messages;
    assert_eq!(told.iter().filter(|message| is_told(message)).count(), 1, "{told:?}");
    assert_eq!(world.calls("conversations.create").await, 1);
}

async fn the_room_is_archived_under_a_deployment(world: impl Workspace) {
    let home = deploying(&world).await;
    world.archives(ROOM).await;
    ends_though_nobody_is_told_there(&world, &home, "was archived").await;
}

async fn the_bot_is_thrown_out_under_a_deployment(world: impl Workspace) {
    let home = deploying(&world).await;
    world.kicks_bot(ROOM).await;
    ends_though_nobody_is_told_there(&world, &home, "no longer in the room").await;
}

/// The stand-in has no way to delete a channel.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_room_is_deleted_under_a_deployment() {
    let world = Fake::open().await;
    let home = deploying(&world).await;
    world.0.deletes_channel(ROOM);
    ends_though_nobody_is_told_there(&world, &home, "it was deleted").await;
}

/// A deployment that is under way until its build may end.
async fn deploying(world: &impl Workspace) -> Home {
    let mut home = Home::of(world);
    home.hold_builds();
    home.start().await;
    world.connected(2).await;
    start_the_iteration(world).await;
    world.says("alice", ROOM, "@bot deploy web@feature/pay").await;
    let is_running = |message: &Message| message.thread.is_none() && message.text.contains("Deploying");
    world.until_ours(ROOM, "the deployment under way", is_running).await;
    home
}

async fn ends_though_nobody_is_told_there(world: &impl Workspace, home: &Home, told: &str) {
    home.let_builds_end();
    world.until_ours("ops", "what became of the room", |message| message.shows(told)).await;
    let direct = world.dm("alice", "status --all").await;
    let mut asked = 1;
    loop {
        let look = async |world: &_| last_answer(world, &direct, asked).await;
        let answer = world.until("an answer about the deployment", look).await;
        if answer.shows("1 of 1 up") {
            break;
        }
        assert!(asked < 100, "{answer:?}");
        world.dm("alice", "status --all").await;
        asked += 1;
    }
}

/// The last answer in a conversation, once there are so many.
async fn last_answer(world: &impl Workspace, channel: &str, count: usize) -> Option<Message> {
    let mut answers = world.channel(channel).await?.messages;
    answers.retain(|message| message.is_ours);
    (answers.len() >= count).then(|| answers.pop()).flatten()
}
