//! The end that we want: what is stored is acknowledged, and Slack is told that we go.

use std::time::Duration;

use chamberlain::adapters::chat::slack::socket::Limits;

use super::intake::Does;
use super::{Ground, quick, slack};
use crate::support::slack::api_faults::Fault;

#[tokio::test]
async fn the_last_acknowledgements_go_out_before_the_sockets_are_closed() {
    let limits = Limits { last: Duration::from_secs(10), ..quick() };
    let mut ground = Ground::at(slack().await, limits);
    ground.slack.wait_connected(2).await;
    ground.intake.now(Does::Hang);
    ground.says("status");
    ground.intake.wait_asked(2).await;
    ground.stop.cancel();
    ground.intake.now(Does::Store);
    ground.ended().await.unwrap();
    ground.slack.wait_for(|world| (world.socket.closed_by_app == 2).then_some(())).await;
    assert_eq!(ground.slack.acks().len(), 2);
    assert_eq!(ground.dials(), 2);
}

#[tokio::test]
async fn a_store_that_hangs_does_not_keep_us_from_ending() {
    let mut ground = Ground::open().await;
    ground.intake.now(Does::Hang);
    ground.says("status");
    ground.intake.wait_asked(2).await;
    ground.stop.cancel();
    ground.ended().await.unwrap();
    ground.slack.wait_for(|world| (world.socket.closed_by_app == 2).then_some(())).await;
    assert_eq!(ground.slack.acks().len(), 0, "it is not stored, and comes again");
}

#[tokio::test]
async fn sockets_that_slack_wants_to_end_are_closed_as_well() {
    let mut ground = Ground::open().await;
    ground.slack.refresh(Duration::from_mins(1));
    ground.slack.wait_connected(4).await;
    ground.stop.cancel();
    ground.ended().await.unwrap();
    ground.slack.wait_for(|world| (world.socket.closed_by_app == 4).then_some(())).await;
}

#[tokio::test]
async fn while_slack_does_not_answer_we_end_as_well() {
    let slack = slack().await;
    slack.api_fault(Fault::on("apps.connections.open").hang());
    let mut ground = Ground::at(slack, Limits::default());
    ground.slack.wait_for_calls("apps.connections.open", 2).await;
    ground.stop.cancel();
    ground.ended().await.unwrap();
}
