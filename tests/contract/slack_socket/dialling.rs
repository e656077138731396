//! When no socket can be opened: tried again with growing waits, or not at all when that is of no use.

use std::time::Duration;

use chamberlain::adapters::chat::slack::socket::{DialError, Limits};
use tokio::time::Instant;

use super::log::Log;
use super::{Ground, quick, slack};
use crate::support::slack::api_faults::Fault;
use crate::support::slack::{APP_TOKEN, BOT_TOKEN};

const OPEN: &str = "apps.connections.open";

#[tokio::test]
async fn a_refused_ticket_is_followed_by_a_new_one() {
    let slack = slack().await;
    slack.set(|settings| settings.ticket_lifetime = Duration::ZERO);
    let (log, _guard) = Log::listen();
    let ground = Ground::at(slack, quick());
    ground.slack.wait_for_calls(OPEN, 6).await;
    ground.slack.set(|settings| settings.ticket_lifetime = Duration::from_secs(30));
    ground.slack.wait_connected(2).await;
    log.wait_for("401", 4).await;
    for secret in [APP_TOKEN, "ticket="] {
        assert!(!log.text().contains(secret), "{}", log.text());
    }
}

#[tokio::test]
async fn slacks_troubles_are_waited_out_longer_and_longer() {
    for fault in [Fault::on(OPEN).status(500), Fault::on(OPEN).error("internal_error"), Fault::on(OPEN).cut()] {
        let slack = slack().await;
        slack.api_fault(fault.times(10));
        let began = Instant::now();
        let limits = Limits { longest_wait: Duration::from_secs(1), ..quick() };
        let ground = Ground::at(slack, limits);
        ground.slack.wait_connected(2).await;
        // One slot failed five times at least, and so waited 5, 10, 20, 40 and 80 ms, at the least.
        assert!(began.elapsed() >= Duration::from_millis(155), "{:?}", began.elapsed());
        assert!(ground.dials() <= 12, "{}", ground.dials());
    }
}

#[tokio::test]
async fn the_wait_that_slack_asks_for_is_kept_and_the_other_socket_lives_on() {
    let slack = slack().await;
    slack.api_fault(Fault::on(OPEN).rate_limited(Duration::from_secs(1)).times(1));
    let ground = Ground::at(slack, quick());
    ground.slack.wait_connected(1).await;
    ground.says("status");
    ground.intake.wait_stored(1).await;
    ground.slack.wait_connected(2).await;
    let calls = ground.slack.calls(OPEN);
    let limited = calls.iter().find(|call| call.status == 429).unwrap().at;
    assert_eq!(calls.len(), 3);
    assert!(calls[2].at - limited >= Duration::from_secs(1), "{:?}", calls[2].at - limited);
}

#[tokio::test]
async fn an_answer_without_a_wait_is_no_leave_to_spin() {
    let slack = slack().await;
    slack.api_fault(Fault::on(OPEN).rate_limited(Duration::ZERO).times(12));
    let began = Instant::now();
    let ground = Ground::at(slack, quick());
    ground.slack.wait_connected(2).await;
    assert!(began.elapsed() >= Duration::from_millis(155), "{:?}", began.elapsed());
}

#[tokio::test]
async fn no_answer_at_all_is_given_up_and_the_other_socket_lives_on() {
    let slack = slack().await;
    slack.api_fault(Fault::on(OPEN).hang().times(1));
    let limits = Limits { dial: Duration::from_secs(1), ..quick() };
    let ground = Ground::at(slack, limits);
    ground.slack.wait_connected(1).await;
    ground.says("status");
    ground.intake.wait_stored(1).await;
    ground.slack.wait_connected(2).await;
    assert_eq!(ground.dials(), 3);
}

#[tokio::test]
async fn a_wrong_token_ends_it_with_what_to_do() {
    let wrong = "xapp-1-A0FAKE-1-wrong";
    for (token, words) in [(wrong, "App-Level Tokens"), (BOT_TOKEN, "the app's with `xapp-`")] {
        let (log, _guard) = Log::listen();
        let mut ground = Ground::with(slack().await, (token, quick()));
        let refused = ground.ended().await.unwrap_err();
        assert!(matches!(refused, DialError::Refused(_)), "{refused}");
        assert!(refused.to_string().contains(words), "{refused}");
        for told in [refused.to_string(), format!("{refused:?}"), log.text()] {
            assert!(!told.contains(token), "{told}");
        }
        assert!(ground.dials() <= 2, "each slot asked once at most");
    }
}

#[tokio::test]
async fn a_token_that_is_taken_away_ends_both_sockets_in_order() {
    let mut ground = Ground::open().await;
    ground.slack.api_fault(Fault::on(OPEN).error("token_revoked"));
    ground.slack.refresh(Duration::from_mins(1));
    let refused = ground.ended().await.unwrap_err();
    assert!(matches!(refused, DialError::TakenAway(_)), "{refused}");
    assert!(refused.to_string().contains("no longer good"), "{refused}");
    assert!(ground.dials() <= 4, "each slot asked once more at most");
    ground.slack.wait_for(|world| (world.socket.closed_by_app == 2).then_some(())).await;
}

#[tokio::test]
async fn a_revoked_bot_token_is_told_to_whoever_listens() {
    let ground = Ground::open().await;
    let event = serde_json::json!({ "type": "tokens_revoked", "tokens": { "bot": ["U0BOT"] } });
    let payload = serde_json::json!({ "event_id": "Ev1", "event": event });
    assert_eq!(ground.slack.sends_envelope("events_api", payload).await.error, None);
    assert!(ground.hints.revoked.is_cancelled());
}
