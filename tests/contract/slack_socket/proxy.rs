//! From a network that lets nothing out but through its proxy, and whose certificate is its own.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::network::Network;
use super::{LIMIT, slack};
use crate::support::slack::{APP_TOKEN, BOT};

/// No name server knows it, so that only the proxy finds the way.
const NAME: &str = "slack.invalid";

#[tokio::test]
async fn sockets_go_through_the_proxy_and_trust_what_the_machine_trusts() {
    let (slack, place) = (slack().await, tempfile::tempdir().unwrap());
    let room = slack.look(|world| world.find_channel("ops").unwrap().id.clone());
    let certificate = place.path().join("ca.pem");
    let network = Network::to(slack.address(), NAME, &certificate).await;
    slack.reached_at(&format!("https://{NAME}"));

    let own = std::env::current_exe().unwrap();
    let mut command = Command::new(own.ancestors().nth(2).unwrap().join("examples/slack_sockets"));
    command.env_clear().env("HTTPS_PROXY", format!("http://{}", network.proxy)).env("SSL_CERT_FILE", &certificate);
    command.args([&format!("https://{NAME}/api"), APP_TOKEN, BOT]).kill_on_drop(true);
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut sockets = started.expect("`cargo build --examples` first");

    slack.wait_connected(2).await;
    let ts = slack.says("alice", "ops", "@bot status");
    slack.wait_quiet().await;
    let mut printed = BufReader::new(sockets.stdout.take().unwrap()).lines();
    for _ in 0..2 {
        assert_eq!(printed.next_line().await.unwrap(), Some(format!("message:{room}:{ts}")));
    }
    assert!(slack.envelopes().iter().all(|envelope| envelope.deliveries.len() == 1));
    // What is asked over and over goes the same way: a lost socket comes back.
    slack.drop_connections();
    slack.wait_greeted(4).await;
    slack.says("alice", "ops", "@bot status");
    slack.wait_quiet().await;
    let asked = network.asked.lock().unwrap().clone();
    assert!(asked.len() >= 4, "each socket needs a way of its own: {asked:?}");
    assert!(asked.iter().all(|line| line.starts_with(&format!("CONNECT {NAME}:443 "))), "{asked:?}");

    drop(sockets.stdin.take());
    let ended = timeout(LIMIT + Duration::from_secs(5), sockets.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
    slack.wait_for(|world| (world.socket.closed_by_app == 2).then_some(())).await;
}
