//! The store takes nothing for a while: who presses reads so at once, and what was said is answered afterwards.

use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::home::Home;
use crate::message::Message;
use crate::walk::start_the_iteration;
use crate::workspace::{Workspace, echo};

in_both_worlds!(the_store_is_locked, the_disk_is_full);

async fn the_store_is_locked(world: impl Workspace) {
    let home = Home::open(&world).await;
    start_the_iteration(&world).await;
    let is_card = |message: &Message| message.has_button("Deploy");
    let card = world.until_ours("sprint-42", "the card of the room", is_card).await;
    let lock = lock(&home).await;
    let began = Instant::now();
    world.presses("alice", ("sprint-42", &card.ts), "Deploy").await;
    let is_told = |message: &Message| message.shows("Nothing was done") || message.shows("I am slow just now");
    let told = world.until_ours("sprint-42", "that it may not have been taken", is_told).await;
    assert!(began.elapsed() < Duration::from_secs(3), "after {:?}", began.elapsed());
    assert_eq!(told.reader, Some(world.id("alice")));
    world.slash("alice", "ops", "status --all").await;
    let told = world.until_ours("ops", "that it may not have been taken", is_told).await;
    assert_eq!(told.reader, Some(world.id("alice")));
    world.says("alice", "ops", &echo("kept")).await;
    lock.close().await.unwrap();
    world.until_echoed("ops", &["kept".to_owned()]).await;
    world.each_once("ops", &["kept".to_owned()]).await;
}

async fn the_disk_is_full(world: impl Workspace) {
    world.send_again_soon().await;
    let mut home = Home::of(&world);
    home.room = Some(1500);
    home.start().await;
    world.connected(2).await;
    start_the_iteration(&world).await;
    let is_card = |message: &Message| message.has_button("Deploy");
    let card = world.until_ours("sprint-42", "the card of the room", is_card).await;
    let long = "x".repeat(30_000);
    for _ in 0..60 {
        world.says("bob", "ops", &echo(&long)).await;
    }
    let alice = Some(world.id("alice"));
    world
        .until("that it may not have been taken", async |world| {
            world.presses("alice", ("sprint-42", &card.ts), "Help").await;
            let room = world.channel("sprint-42").await?.messages;
            room.iter().any(|one| one.reader == alice && one.shows("Nothing was done")).then_some(())
        })
        .await;
    world.says("alice", "ops", &echo("kept")).await;
    home.kill().await;
    home.room = None;
    home.start().await;
    world.until_echoed("ops", &["kept".to_owned()]).await;
    world.each_once("ops", &["kept".to_owned()]).await;
}

/// Holds the database so that nobody else writes to it, until the connection is closed.
async fn lock(home: &Home) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(home.path("data/chamberlain.db"));
    let mut connection = options.busy_timeout(Duration::from_secs(20)).connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
    connection
}
