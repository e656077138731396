//! The program dies, or is told to stop, in the middle of many mentions: after the next start each was answered once.

use crate::home::Home;
use crate::workspace::{Workspace, echo, words};

in_both_worlds!(killed_in_the_middle, stopped_in_the_middle);

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
