//! A deployment fails: its log stands in the thread of its card, the last lines to read and all of it as a file.

use crate::home::Home;
use crate::message::Message;
use crate::walk::start_the_iteration;
use crate::workspace::{Fault, How, Workspace};

in_both_worlds!(
    the_log_of_what_failed_is_a_file_in_its_cards_thread,
    a_file_whose_answer_is_lost_is_there_once,
    without_the_right_to_files_the_last_lines_stand_alone
);

const ROOM: &str = "sprint-42";
/// What the build writes before it fails.
const LINES: usize = 60;

/// A deployment whose build has failed; gives its card.
async fn fails(world: &impl Workspace) -> (Home, Message) {
    let mut home = Home::of(world);
    home.build_by(&format!("for line in {{1..{LINES}}}; do echo \"line $line <!channel>\"; done; exit 1"));
    home.start().await;
    world.connected(2).await;
    start_the_iteration(world).await;
    world.says("alice", ROOM, "@bot deploy web@feature/pay").await;
    let is_failed = |message: &Message| message.thread.is_none() && message.text.contains("Failed to deploy sprint-42");
    let card = world.until_ours(ROOM, "the card of what failed", is_failed).await;
    let called = format!("<@{}>", world.id("alice"));
    world.until_ours(ROOM, "who can act is called", |message| message.text.contains(&called)).await;
    (home, card)
}

fn are_last_lines(message: &Message) -> bool {
    message.text.contains("The last lines of") && message.shows("line 60 <!channel>") && !message.shows("line 40 ")
}

async fn files_of(world: &impl Workspace) -> Vec<Message> {
    let messages = world.channel(ROOM).await.unwrap().messages;
    messages.into_iter().filter(|message| !message.files.is_empty()).collect()
}

async fn the_log_of_what_failed_is_a_file_in_its_cards_thread(world: impl Workspace) {
    let (_home, card) = fails(&world).await;
    let lines = world.until_ours(ROOM, "the last lines", are_last_lines).await;
    let file = world.until_ours(ROOM, "all of it", |message| !message.files.is_empty()).await;
    assert_eq!([&lines.thread, &file.thread], [&Some(card.ts.clone()), &Some(card.ts)], "both in the card's thread");
    let [attached] = file.files.as_slice() else { panic!("{file:?}") };
    assert_eq!(attached.title, "The log of web in sprint-42, revision 1, as far as it is kept");
    let stem = attached.name.strip_suffix(".log").unwrap_or_default();
    assert!(stem.starts_with("web-sprint-42-1-"), "{}", attached.name);
    let written: usize = (1..=LINES).map(|line| format!("line {line} <!channel>\n").len()).sum();
    assert_eq!(usize::try_from(attached.size).unwrap(), written, "to the last line");
}

async fn a_file_whose_answer_is_lost_is_there_once(world: impl Workspace) {
    world.fault(Fault::on("files.completeUploadExternal", How::Cut).after_effect().times(1)).await;
    let (_home, _) = fails(&world).await;
    let looked = async |world: &_| was_looked_for(world).await;
    world.until("what was lost is looked for", looked).await;
    // What is said after it in the same room has its turn.
    world.says("alice", ROOM, "@bot echo the-last").await;
    world.until_ours(ROOM, "an answer", |message| message.text == "the-last").await;
    assert_eq!(files_of(&world).await.len(), 1, "{:?}", files_of(&world).await);
    assert_eq!(world.calls("files.completeUploadExternal").await, 1);
}

async fn was_looked_for(world: &impl Workspace) -> Option<()> {
    (world.calls("conversations.replies").await > 0).then_some(())
}

async fn without_the_right_to_files_the_last_lines_stand_alone(world: impl Workspace) {
    world.revoke_scope("files:write").await;
    let (home, _) = fails(&world).await;
    world.until_ours(ROOM, "the last lines", are_last_lines).await;
    let asked = async |world: &_| was_asked_for(world).await;
    world.until("a file is asked for", asked).await;
    world.says("alice", ROOM, "@bot echo still-here").await;
    world.until_ours(ROOM, "an answer", |message| message.text == "still-here").await;
    assert_eq!(files_of(&world).await.len(), 0);
    let log = home.log();
    let told = |words: &str| log.lines().filter(|line| line.contains("files:write") && line.contains(words)).count();
    assert_eq!((told("as a file"), told("I do without")), (1, 1), "at the start, and when it is missed: {log}");
}

async fn was_asked_for(world: &impl Workspace) -> Option<()> {
    (world.calls("files.getUploadURLExternal").await > 0).then_some(())
}
