//! Sockets that end, break or fall silent are replaced, and nothing is lost.

use std::time::Duration;

use chamberlain::adapters::chat::slack::socket::Limits;
use tokio::time::{Instant, timeout};

use super::intake::Does;
use super::{Ground, quick, slack};

#[tokio::test]
async fn the_next_socket_is_open_before_slack_ends_the_last() {
    let ground = Ground::open().await;
    let mut said = Vec::new();
    ground.slack.refresh(Duration::from_secs(2));
    // All along, somebody speaks.
    for step in 0..20 {
        said.push(ground.says("status"));
        ground.intake.wait_stored(said.len()).await;
        if step == 10 {
            ground.slack.wait_connected(4).await;
        }
    }
    for left in [3, 2] {
        ground.slack.wait_for(|world| (world.socket.live() <= left).then_some(())).await;
        said.push(ground.says("status"));
    }
    ground.slack.wait_quiet().await;
    assert_eq!(ground.intake.stored().len(), said.len());
    for envelope in ground.slack.envelopes() {
        assert_eq!(envelope.deliveries.len(), 1, "there was a socket for each, so that none was sent again");
    }
    assert_eq!(ground.dials(), 4);
}

#[tokio::test]
async fn what_a_broken_connection_took_along_comes_again() {
    let ground = Ground::open().await;
    ground.slack.set(|settings| {
        settings.ack_timeout = Duration::from_millis(100);
        settings.retry_delays = vec![Duration::from_millis(20); 500];
    });
    ground.intake.now(Does::Hang);
    ground.says("status");
    ground.intake.wait_asked(2).await;
    ground.slack.drop_connections();
    ground.slack.wait_greeted(4).await;
    assert_eq!(ground.slack.acks().len(), 0);
    ground.intake.now(Does::Store);
    ground.slack.wait_quiet().await;
    assert_eq!(ground.intake.stored().len(), 1);
    assert!(ground.slack.envelopes().iter().all(|envelope| envelope.retries > 0 && envelope.ack.is_some()));
}

#[tokio::test]
async fn a_storm_of_broken_connections_is_met_with_growing_waits() {
    let ground = Ground::open().await;
    let began = Instant::now();
    for greetings in 3..=20 {
        ground.slack.drop_connections();
        ground.slack.wait_greeted(greetings).await;
    }
    // One slot had ten sockets at least, and so waited 5, 10, 20, 40 and then 80 ms each time, at the least.
    assert!(began.elapsed() >= Duration::from_millis(475), "{:?}", began.elapsed());
    let greetings = ground.slack.look(|world| world.socket.greetings);
    assert!(ground.dials() <= greetings + 2, "{} dials for {greetings} sockets", ground.dials());
    ground.slack.wait_connected(2).await;
    ground.says("status");
    ground.intake.wait_stored(1).await;
}

#[tokio::test]
async fn sockets_that_are_asked_to_leave_at_once_are_no_reason_to_spin() {
    let ground = Ground::open().await;
    let began = Instant::now();
    for greetings in 3..=20 {
        ground.slack.disconnect("refresh_requested");
        ground.slack.wait_greeted(greetings).await;
    }
    assert!(began.elapsed() >= Duration::from_millis(475), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_silent_connection_is_noticed_and_replaced() {
    let limits = Limits { quiet: Duration::from_secs(1), ping: Duration::from_millis(200), ..quick() };
    let ground = Ground::at(slack().await, limits);
    ground.slack.wait_connected(2).await;
    // While somebody is there, nobody has to speak.
    let is_left = timeout(limits.quiet * 2, ground.slack.wait_greeted(3)).await.is_err();
    assert!(is_left, "a connection on which nothing is said is not silent");
    ground.slack.set(|settings| {
        settings.ack_timeout = Duration::from_millis(100);
        settings.retry_delays = vec![Duration::from_millis(20); 500];
    });
    let began = Instant::now();
    ground.slack.stall();
    ground.says("status");
    ground.slack.wait_greeted(4).await;
    assert!(began.elapsed() < limits.quiet * 3, "{:?}", began.elapsed());
    ground.slack.forget_stalled();
    ground.slack.wait_quiet().await;
    assert_eq!(ground.intake.stored().len(), 1);
}

#[tokio::test]
async fn a_socket_that_never_says_hello_is_given_up_and_tried_again() {
    let slack = slack().await;
    slack.hello_delay(Duration::from_hours(1));
    let limits = Limits { hello: Duration::from_millis(100), last: Duration::from_millis(10), ..quick() };
    let ground = Ground::at(slack, limits);
    let began = Instant::now();
    ground.slack.wait_for_calls("apps.connections.open", 6).await;
    assert!(began.elapsed() >= limits.hello * 2, "{:?}", began.elapsed());
    ground.slack.hello_delay(Duration::ZERO);
    ground.slack.wait_connected(2).await;
    ground.says("status");
    ground.intake.wait_stored(1).await;
}
