//! The program dies, or is told to stop, in the middle of many mentions, or is not there when it is spoken to: after the
//! next start each was answered once.

use crate::home::Home;
use crate::walk::start_the_iteration;
use crate::workspace::{Workspace, echo, words};

in_both_worlds!(killed_in_the_middle, stopped_in_the_middle, what_was_said_meanwhile_is_read_from_the_history);

const MENTIONS: usize = 40;

async fn killed_in_the_middle(world: impl Workspace) {
    world.send_again_soon().await;
    let mut home = Home::open(&world).await;
    let all = half_of_them(&world).await;
    home.kill().await;
    the_other_half(&world, &mut home, &all).await;
}

async fn stopped_in_the_middle(world: impl Workspace) {
    world.send_again_soon().await;
    let mut home = Home::open(&world).await;
    let all = half_of_them(&world).await;
    let status = home.stop().await;
    assert!(status.success(), "{status:?}");
    the_other_half(&world, &mut home, &all).await;
}

/// Says the first half, and comes back when some of it was answered.
async fn half_of_them(world: &impl Workspace) -> Vec<String> {
    let all = words("mention", MENTIONS);
    for word in &all[..MENTIONS / 2] {
        world.says("alice", "ops", &echo(word)).await;
    }
    world.until_echoed("ops", &all[..3]).await;
    all
}

async fn the_other_half(world: &impl Workspace, home: &mut Home, all: &[String]) {
    let (in_between, afterwards) = all[MENTIONS / 2..].split_at(MENTIONS / 4);
    for word in in_between {
        world.says("alice", "ops", &echo(word)).await;
    }
    home.start().await;
    for word in afterwards {
        world.says("alice", "ops", &echo(word)).await;
    }
    world.until_echoed("ops", all).await;
    // What comes after all of it is answered after all of it: nothing is still on its way.
    world.says("alice", "ops", &echo("the-last")).await;
    world.until_echoed("ops", &["the-last".to_owned()]).await;
    world.each_once("ops", all).await;
}

/// Slack sends it again only after a minute, which nobody waits for here.
async fn what_was_said_meanwhile_is_read_from_the_history(world: impl Workspace) {
    const ROOM: &str = "sprint-42";
    let mut home = Home::open(&world).await;
    start_the_iteration(&world).await;
    let question = world.says("alice", ROOM, "What do you think?").await;
    assert!(home.stop().await.success());
    world.replies("alice", (ROOM, &question), &echo("in-its-thread")).await;
    world.says("alice", ROOM, &echo("in-the-room")).await;
    home.start().await;
    let all = ["in-the-room", "in-its-thread"].map(str::to_owned);
    world.until_echoed(ROOM, &all).await;
    let answer = world.until_ours(ROOM, "the answer", |message| message.text == all[1]).await;
    assert_eq!(answer.thread, Some(question));
    world.each_once(ROOM, &all).await;
}
