//! Sockets that break, envelopes that come twice or out of order: each command is answered once.

use std::time::Duration;

use crate::home::Home;
use crate::workspace::{Workspace, echo, words};

in_both_worlds!(
    sockets_drop_in_a_burst,
    everything_comes_twice,
    envelopes_come_out_of_order,
    sockets_are_refreshed_in_a_burst
);

const BURST: usize = 24;

async fn sockets_drop_in_a_burst(world: impl Workspace) {
    let _home = Home::open(&world).await;
    let all = words("dropped", BURST);
    for (number, word) in all.iter().enumerate() {
        world.says("alice", "ops", &echo(word)).await;
        if number % 10 == 5 {
            world.drop_sockets().await;
            // What is said while nobody listens comes again only after a minute.
            world.connected(1).await;
        }
    }
    each_is_answered_once(&world, &all).await;
}

async fn everything_comes_twice(world: impl Workspace) {
    let _home = Home::open(&world).await;
    world.deliver_twice().await;
    let all = words("doubled", BURST);
    for word in &all {
        world.says("alice", "ops", &echo(word)).await;
    }
    let direct = world.dm("bob", "whoami").await;
    world.until_ours(&direct, "an answer between two", |_| true).await;
    each_is_answered_once(&world, &all).await;
}

async fn envelopes_come_out_of_order(world: impl Workspace) {
    let _home = Home::open(&world).await;
    let all = words("shuffled", BURST);
    let texts: Vec<String> = all.iter().map(|word| echo(word)).collect();
    world.says_out_of_order("alice", "ops", &texts).await;
    each_is_answered_once(&world, &all).await;
}

async fn sockets_are_refreshed_in_a_burst(world: impl Workspace) {
    let _home = Home::open(&world).await;
    let all = words("refreshed", BURST);
    for (number, word) in all.iter().enumerate() {
        if number == BURST / 4 {
            world.refresh_sockets(Duration::from_millis(400)).await;
        }
        world.says("alice", "ops", &echo(word)).await;
        // The burst goes on while the sockets change.
        if number % 4 == 0 {
            world.until_echoed("ops", std::slice::from_ref(word)).await;
        }
    }
    each_is_answered_once(&world, &all).await;
}

async fn each_is_answered_once(world: &impl Workspace, all: &[String]) {
    world.until_echoed("ops", all).await;
    world.says("alice", "ops", &echo("the-last")).await;
    world.until_echoed("ops", &["the-last".to_owned()]).await;
    world.each_once("ops", all).await;
}
