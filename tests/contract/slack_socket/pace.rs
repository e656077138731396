//! How long an acknowledgement takes when a thousand frames come at once.

use std::time::Duration;

use super::Ground;
use super::intake::Does;

/// The 99th of a hundred, from frame to acknowledgement, while each takes so long to store.
async fn p99(takes: Duration) -> Duration {
    let ground = Ground::open().await;
    ground.slack.unsubscribe("app_mention");
    ground.slack.set(|settings| settings.ack_timeout = Duration::from_mins(1));
    ground.intake.now(Does::Slowly(takes));
    for number in 0..1000 {
        ground.says(&format!("number {number}"));
    }
    ground.slack.wait_quiet().await;
    let mut times: Vec<Duration> = ground.slack.acks().into_iter().map(|ack| ack.took).collect();
    assert_eq!((times.len(), ground.intake.stored().len()), (1000, 1000));
    times.sort();
    times[989]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_frames_at_once_are_acknowledged_side_by_side() {
    let one = p99(Duration::from_millis(1)).await;
    let ten = p99(Duration::from_millis(10)).await;
    eprintln!("p99 from frame to acknowledgement, 1000 at once: {one:?} at 1 ms each, {ten:?} at 10 ms each");
    // One after the other, on two sockets, the last would have waited five seconds.
    assert!(ten < Duration::from_millis(2500), "{ten:?}");
}
