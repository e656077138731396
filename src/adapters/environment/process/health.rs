//! Whether a run answers that it is healthy.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::redirect::Policy;
use tokio_util::sync::CancellationToken;

use super::run::Run;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(2);

/// The first wait between two questions, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(500));

/// What came of waiting for a start.
pub(super) enum Verdict {
    /// It answered 200.
    Healthy,
    /// It ended.
    Ended,
    /// It was not healthy within its limit.
    TooLate,
    /// The caller wished no longer.
    Stopped,
}

/// The client for the questions: no proxy and no certificates, for they stay on this machine and are plain HTTP, and no
/// redirects, for those are no 200.
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    builder.redirect(Policy::none()).timeout(ANSWER).build()
}

/// Asks until it is healthy, has ended, or its time is over.
pub(super) async fn until_healthy(client: &reqwest::Client, run: &Run, stop: &CancellationToken) -> Verdict {
    let healthy = async {
        let (mut wait, longest) = WAITS;
        while !is_healthy(client, run).await {
            tokio::time::sleep(wait).await;
            wait = longest.min(wait * 3 / 2);
        }
    };
    tokio::select! {
        biased;
        () = run.ended.cancelled() => Verdict::Ended,
        () = stop.cancelled() => Verdict::Stopped,
        () = healthy => Verdict::Healthy,
        () = tokio::time::sleep(run.record.start_limit) => Verdict::TooLate,
    }
}

/// Asks once.
pub(super) async fn is_healthy(client: &reqwest::Client, run: &Run) -> bool {
    let path = run.record.health_path.trim_start_matches('/');
    let answer = client.get(format!("http://127.0.0.1:{}/{path}", run.record.port)).send().await;
    // Asked of the process as well: when it has ended, whoever answers on its port is somebody else.
    let healthy = answer.is_ok_and(|answer| answer.status() == StatusCode::OK) && !run.ended.is_cancelled();
    if healthy {
        run.has_answered();
    }
    healthy
}
