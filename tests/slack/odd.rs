//! What is seldom and must do no harm: a message of forty thousand letters, somebody whom nobody knows, a second copy.

use crate::home::Home;
use crate::workspace::{Fault, How, Workspace, echo, words};

in_both_worlds!(
    a_message_of_forty_thousand_letters,
    a_direct_message_of_thousands_of_commands,
    a_long_answer_without_the_right_to_files,
    a_stranger_is_told_so,
    nobody_is_a_stranger_before_people_were_looked_up,
    two_copies_with_one_app_token
);

async fn a_message_of_forty_thousand_letters(world: impl Workspace) {
    let _home = Home::open(&world).await;
    let long = "x".repeat(40_000 - 20);
    world.says("alice", "ops", &echo(&long)).await;
    let answer = world.until_ours("ops", "an answer to the long one", |message| message.text.starts_with("xxxx")).await;
    let [whole] = answer.files.as_slice() else { panic!("{answer:?}") };
    assert_eq!((whole.title.as_str(), whole.size), ("All of the answer", 40_000 - 20));
    world.says("alice", "ops", &echo("after-it")).await;
    world.until_echoed("ops", &["after-it".to_owned()]).await;
}

async fn a_direct_message_of_thousands_of_commands(world: impl Workspace) {
    let _home = Home::open(&world).await;
    let direct = world.dm("alice", &"echo again\n".repeat(3_600)).await;
    let told = world.until_ours(&direct, "a refusal", |_| true).await;
    assert!(told.shows("3600 lines") && told.shows("I have done nothing of it"), "{told:?}");
    world.dm("alice", "echo after-it").await;
    world.until_ours(&direct, "an answer", |message| message.text == "after-it").await;
    let said = world.channel(&direct).await.unwrap().messages.into_iter().filter(|message| message.is_ours);
    assert!(!said.map(|message| message.text).any(|text| text == "again"), "none of it was done");
}

async fn a_long_answer_without_the_right_to_files(world: impl Workspace) {
    world.revoke_scope("files:write").await;
    let _home = Home::open(&world).await;
    world.says("alice", "ops", &echo(&"x".repeat(20_000))).await;
    let answer = world.until_ours("ops", "the beginning", |message| message.text.starts_with("xxxx")).await;
    assert!(answer.files.is_empty() && answer.shows("the end of the text"), "it says that there is more");
}

async fn a_stranger_is_told_so(world: impl Workspace) {
    let _home = Home::open(&world).await;
    let direct = world.dm("carol", "iteration start Sprint 9").await;
    let told = world.until_ours(&direct, "a refusal", |_| true).await;
    assert!(told.shows("I don't know you yet"), "{told:?}");
    world.says("alice", "ops", &echo("goes-on")).await;
    world.until_echoed("ops", &["goes-on".to_owned()]).await;
    assert!(world.channel("sprint-9").await.is_none());
}

async fn nobody_is_a_stranger_before_people_were_looked_up(world: impl Workspace) {
    world.fault(Fault::on("users.lookupByEmail", How::Status(503)).times(1)).await;
    let _home = Home::open(&world).await;
    world.says("alice", "ops", &echo("known")).await;
    let first = world.until_ours("ops", "an answer", |_| true).await;
    assert_eq!(first.text, "known");
}

/// Slack shares what people say out among the sockets of an app: each command reaches one copy, and is answered by that
/// one. Each has a store of its own, so that the one does not know what the other was told: that is why it is reported
/// by the copy that finds more sockets than its own.
async fn two_copies_with_one_app_token(world: impl Workspace) {
    world.hear_mentions_alone().await;
    let _first = Home::open(&world).await;
    let mut second = Home::of(&world);
    second.start().await;
    world.connected(4).await;
    let all = words("shared", 20);
    for word in &all {
        world.says("alice", "ops", &echo(word)).await;
    }
    world.until_echoed("ops", &all).await;
    world.each_once("ops", &all).await;
    let log = second.log();
    let lines = log.lines().filter(|line| line.contains("something else is connected with the same app token"));
    assert_eq!(lines.count(), 1, "{log}");
}
