//! When Slack lets us in no more, or somebody else is in as well: a person is told once, and we do not spin.

use std::time::Duration;

use chamberlain::adapters::chat::slack::socket::Limits;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_tungstenite::connect_async;

use super::log::Log;
use super::{Ground, quick, slack};
use crate::support::slack::APP_TOKEN;
use crate::support::slack::handle::FakeSlack;

const FOREIGN: &str = "something else is connected";

/// Somebody else connects with the same app token, and stays.
async fn intruder(slack: &FakeSlack) -> JoinSet<()> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = http.post(format!("{}/apps.connections.open", slack.api_url())).bearer_auth(APP_TOKEN).json(&json!({}));
    let opened: Value = call.send().await.unwrap().json().await.unwrap();
    let (mut socket, _) = connect_async(opened["url"].as_str().unwrap()).await.unwrap();
    let mut life = JoinSet::new();
    life.spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    life
}

#[tokio::test]
async fn that_socket_mode_is_off_is_told_once_and_waited_for() {
    let (log, _guard) = Log::listen();
    let limits = Limits { switched_off: Duration::from_millis(500), ..quick() };
    let ground = Ground::at(slack().await, limits);
    log.wait_for("a socket to Slack is open", 2).await;
    let began = Instant::now();
    ground.slack.disconnect("link_disabled");
    ground.slack.wait_greeted(3).await;
    assert!(began.elapsed() >= limits.switched_off, "{:?}", began.elapsed());
    ground.slack.wait_connected(2).await;
    assert_eq!(ground.dials(), 4);
    assert_eq!(log.errors("Socket Mode was switched off"), 1, "{}", log.text());
}

#[tokio::test]
async fn that_there_are_too_many_is_told_once_and_waited_for() {
    let (log, _guard) = Log::listen();
    let slack = slack().await;
    slack.set(|settings| settings.max_connections = 1);
    let limits = Limits { too_many: Duration::from_millis(100), ..quick() };
    let began = Instant::now();
    let ground = Ground::at(slack, limits);
    ground.slack.wait_for_calls("apps.connections.open", 6).await;
    assert!(began.elapsed() >= limits.too_many * 4, "{:?}", began.elapsed());
    assert_eq!(log.errors("ten connections"), 1, "{}", log.text());
    ground.says("status");
    ground.intake.wait_stored(1).await;
    ground.slack.set(|settings| settings.max_connections = 10);
    ground.slack.wait_connected(2).await;
}

#[tokio::test]
async fn somebody_else_with_our_token_is_told_once() {
    let (log, _guard) = Log::listen();
    let slack = slack().await;
    let _life = intruder(&slack).await;
    slack.wait_greeted(1).await;
    let ground = Ground::at(slack, Limits { ghost: Duration::ZERO, ..quick() });
    ground.slack.wait_connected(3).await;
    log.wait_for(FOREIGN, 1).await;
    // The next ones see it as well, while it is still there.
    ground.slack.refresh(Duration::from_secs(1));
    log.wait_for("a socket to Slack is open", 4).await;
    assert_eq!(log.errors(FOREIGN), 1, "{}", log.text());
}

#[tokio::test]
async fn our_own_sockets_are_nobody_else() {
    let (log, _guard) = Log::listen();
    let ground = Ground::at(slack().await, quick());
    ground.slack.wait_connected(2).await;
    ground.slack.refresh(Duration::from_secs(1));
    ground.slack.wait_greeted(4).await;
    log.wait_for("a socket to Slack is open", 4).await;
    assert_eq!(log.errors(FOREIGN), 0, "{}", log.text());
}

#[tokio::test]
async fn a_connection_that_we_lost_is_taken_for_nobody_else_while_slack_may_count_it() {
    for (ghost, told) in [(Duration::from_mins(5), 0), (Duration::ZERO, 1)] {
        let (log, _guard) = Log::listen();
        let short = Duration::from_millis(200);
        let limits = Limits { quiet: Duration::from_secs(1), ping: short, ghost, ..quick() };
        let ground = Ground::at(slack().await, limits);
        ground.slack.wait_connected(2).await;
        ground.slack.stall();
        ground.slack.wait_greeted(4).await;
        log.wait_for("a socket to Slack ended", 2).await;
        // Slack still counts both, and says so to the next ones.
        ground.slack.refresh(Duration::from_secs(1));
        log.wait_for("a socket to Slack is open", 6).await;
        assert_eq!(log.errors(FOREIGN), told, "{}", log.text());
    }
}
