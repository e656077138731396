//! Slack wants fewer calls, has trouble of its own, or its answer is lost: nothing is lost, nothing said twice.

use std::time::{Duration, Instant};

use crate::home::Home;
use crate::message::Message;
use crate::workspace::{Fault, How, Workspace, echo, words};

in_both_worlds!(
    a_channel_takes_one_message_a_second,
    slack_has_trouble,
    an_answer_is_lost_after_the_effect,
    a_right_is_missing
);

async fn a_channel_takes_one_message_a_second(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.channel_rate(1.0).await;
    let all = words("paced", 8);
    for word in &all {
        world.says("alice", "ops", &echo(word)).await;
    }
    // Somebody else's answer does not stand behind these.
    let began = Instant::now();
    let direct = world.dm("alice", "echo at-once").await;
    world.until_ours(&direct, "an answer elsewhere", |message| message.text == "at-once").await;
    assert!(began.elapsed() < Duration::from_secs(5), "another channel waited for {:?}", began.elapsed());
    world.until_echoed("ops", &all).await;
    let said = world.channel("ops").await.unwrap().messages;
    let said: Vec<String> = said.into_iter().filter(|message| message.is_ours).map(|message| message.text).collect();
    assert_eq!(said, all, "in order, each once");
}

async fn slack_has_trouble(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.fault(Fault::on("chat.postMessage", How::Status(500)).times(3)).await;
    world.fault(Fault::on("chat.postMessage", How::Error("internal_error")).times(2)).await;
    let all = words("troubled", 4);
    for word in &all {
        world.says("alice", "ops", &echo(word)).await;
    }
    world.until_echoed("ops", &all).await;
    world.each_once("ops", &all).await;
}

async fn an_answer_is_lost_after_the_effect(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.fault(Fault::on("chat.postMessage", How::Cut).after_effect().times(3)).await;
    let all = words("lost", 6);
    for word in &all {
        world.says("alice", "ops", &echo(word)).await;
    }
    world.until_echoed("ops", &all).await;
    // The last one stands behind all that was looked for.
    world.says("alice", "ops", &echo("the-last")).await;
    world.until_echoed("ops", &["the-last".to_owned()]).await;
    world.each_once("ops", &all).await;
    assert!(world.calls("conversations.history").await > 0, "what was lost was looked for");
}

async fn a_right_is_missing(world: impl Workspace) {
    world.revoke_scope("pins:write").await;
    let home = Home::open(&world).await;
    world.says("alice", "ops", "@bot echo still-here").await;
    world.until_ours("ops", "an answer", |message: &Message| message.text == "still-here").await;
    let log = home.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("lacks a right")).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("pins:write") && lines[0].contains("the pinned card"), "{lines:?}");
}
