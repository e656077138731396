//! The whole walk: an iteration is asked for in a channel, its room opens, a version is chosen, deployed, updated by
//! itself and taken back; and each answer goes where it was asked for.

use crate::forms::{IN, WEB, form};
use crate::home::Home;
use crate::message::Message;
use crate::workspace::Workspace;

in_both_worlds!(the_whole_walk, a_branch_is_picked_on_the_card_itself, answers_go_where_they_were_asked_for);

const ROOM: &str = "sprint-42";

async fn the_whole_walk(world: impl Workspace) {
    let home = Home::open(&world).await;
    start_the_iteration(&world).await;
    let card = choose_in_a_form_and_deploy(&world).await;
    update_by_itself(&world, &home, &card).await;
    roll_back(&world).await;
}

async fn a_branch_is_picked_on_the_card_itself(world: impl Workspace) {
    let _home = Home::open(&world).await;
    start_the_iteration(&world).await;
    choose_and_deploy(&world).await;
}

/// Starts Sprint 42, and looks at its room.
pub(crate) async fn start_the_iteration(world: &impl Workspace) {
    world.says("alice", "ops", "@bot iteration start Sprint 42").await;
    let card = world.until_ours(ROOM, "the card of the room", |message| message.has_button("Deploy")).await;
    let look = async |world: &_| furnished(world, &card).await;
    world.until("the room with bot, member, topic and pinned card", look).await;
    world.until_ours("ops", "word that the room is open", |message| message.shows("is open")).await;
}

async fn furnished(world: &impl Workspace, card: &Message) -> Option<()> {
    let room = world.channel(ROOM).await?;
    let has = |who: &String| room.members.contains(who);
    let is_peopled = has(&world.bot()) && has(&world.id("alice"));
    (is_peopled && !room.topic.is_empty() && room.pins.contains(&card.ts)).then_some(())
}

/// Asks for the deploy card, chooses the branch there, and deploys; gives the run's card, deployed.
pub(crate) async fn choose_and_deploy(world: &impl Workspace) -> Message {
    let room = world.until_ours(ROOM, "the card of the room", |message| message.has_button("Deploy")).await;
    world.presses("alice", (ROOM, &room.ts), "Deploy").await;
    let is_choice = |message: &Message| message.select_with("feature/pay").is_some();
    let choice = world.until_ours(ROOM, "the deploy card", is_choice).await;
    let select = choice.select_with("feature/pay").unwrap();
    world.chooses("alice", (ROOM, &choice.ts), (&select, "feature/pay")).await;
    let is_chosen = |message: &Message| message.ts == choice.ts && message.shows("Let people pay");
    world.until_ours(ROOM, "the choice on its card", is_chosen).await;
    world.presses("alice", (ROOM, &choice.ts), "Deploy").await;
    world.until_ours(ROOM, "the run's card", |message| is_run(message, 1)).await;
    let deployed = world.until_ours(ROOM, "the first deployment", |message| is_deployed(message, 1)).await;
    let runs = messages(world).await.into_iter().filter(|message| is_run(message, 1)).count();
    assert_eq!(runs, 1, "a run has one card");
    deployed
}

/// Presses Deploy on the room's card, and picks the branch in the form of the deploy card; gives the run's card, deployed.
async fn choose_in_a_form_and_deploy(world: &impl Workspace) -> Message {
    let room = world.until_ours(ROOM, "the card of the room", |message| message.has_button("Deploy")).await;
    world.presses("alice", (ROOM, &room.ts), "Deploy").await;
    let has_form = |message: &Message| message.has_button("As a form…");
    let choice = world.until_ours(ROOM, "the deploy card", has_form).await;
    world.presses("alice", (ROOM, &choice.ts), "As a form…").await;
    let modal = form(world, "alice").await;
    assert_eq!(modal.filled(IN), Some(ROOM), "it is opened in its room");
    assert_eq!(world.offered("alice", &modal.id, (WEB, "feat")).await, ["feature/pay"]);
    assert_eq!(world.submits("alice", &modal.id, &[(WEB, "feature/pay")]).await, []);
    world.until_ours(ROOM, "the first deployment", |message| is_deployed(message, 1)).await
}

async fn update_by_itself(world: &impl Workspace, home: &Home, first: &Message) {
    home.shop.commit("Take shells too");
    let second = world.until_ours(ROOM, "the update", |message| is_deployed(message, 2)).await;
    assert!(second.shows("Take shells too"), "{second:?}");
    let is_line = |message: &Message| message.text.contains("Updated by itself");
    world.until_ours(ROOM, "a line about it", is_line).await;
    let lines: Vec<_> = messages(world).await.into_iter().filter(is_line).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let thread = lines[0].thread.as_ref().expect("the line stands in a thread");
    assert!([&first.ts, &second.ts].contains(&thread), "{lines:?}");
}

async fn roll_back(world: &impl Workspace) {
    let can_go_back = |message: &Message| is_run(message, 2) && message.has_button("Roll back");
    let second = world.until_ours(ROOM, "the way back", can_go_back).await;
    world.presses("alice", (ROOM, &second.ts), "Roll back").await;
    let third = world.until_ours(ROOM, "the way back deployed", |message| is_deployed(message, 3)).await;
    assert!(third.shows("Let people pay"), "{third:?}");
}

/// Whether it is the card of a run, not words about it.
fn is_run(message: &Message, revision: u32) -> bool {
    message.thread.is_none() && message.text.contains(&format!("sprint-42, revision {revision}"))
}

fn is_deployed(message: &Message, revision: u32) -> bool {
    is_run(message, revision) && message.text.contains("Deployed")
}

async fn messages(world: &impl Workspace) -> Vec<Message> {
    world.channel(ROOM).await.unwrap().messages.into_iter().filter(|message| message.is_ours).collect()
}

async fn answers_go_where_they_were_asked_for(world: impl Workspace) {
    let _home = Home::open(&world).await;
    start_the_iteration(&world).await;
    // Where the bot is no member, the asker alone reads the answer.
    world.slash("alice", "random", "status --all").await;
    let alice = Some(world.id("alice"));
    let told = world.until_ours("random", "an answer where the bot is not", |_| true).await;
    assert!(told.reader == alice && told.shows("Sprint 42") || told.shows("sprint-42"), "{told:?}");
    // A stranger's press is refused to them alone.
    let card = world.until_ours(ROOM, "the card of the room", |message| message.has_button("Deploy")).await;
    world.presses("carol", (ROOM, &card.ts), "Deploy").await;
    let carol = Some(world.id("carol"));
    world.until_ours(ROOM, "a refusal for the stranger alone", |message| message.reader == carol).await;
    let strangers = world.channel(ROOM).await.unwrap().messages;
    assert!(!strangers.iter().any(|message| message.select_with("feature/pay").is_some()), "{strangers:?}");
    // Between two, and in a thread.
    let direct = world.dm("alice", "echo between-us").await;
    world.until_ours(&direct, "an answer between two", |message| message.text == "between-us").await;
    let thread = world.says("bob", "ops", "What do you think?").await;
    world.replies("alice", ("ops", &thread), "@bot echo in-thread").await;
    let answer = world.until_ours("ops", "an answer in the thread", |message| message.text == "in-thread").await;
    assert_eq!(answer.thread, Some(thread));
}
