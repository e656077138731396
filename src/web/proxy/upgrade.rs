//! Connections that went over to another protocol, as `WebSocket` has it.

use axum::body::Body;
use axum::http::Response;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::web::door::Place;

/// The browser's side, and the place that its connection has here.
pub(super) type Browser = (OnUpgrade, Option<Place>);

/// The tasks that carry bytes between browsers and components.
pub(super) struct Sockets {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Sockets {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { tasks: TaskTracker::new(), stop }
    }

    /// Carries bytes both ways until one side is done. An open socket is no open request: it would hold up every swap.
    /// It stays with the process it began with.
    pub(super) fn join(&self, (browser, place): Browser, answer: &mut Response<Body>) {
        let component = hyper::upgrade::on(answer);
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let _place = place;
            tokio::select! {
                () = stop.cancelled() => {}
                ended = carry(browser, component) => if let Err(cause) = ended {
                    // A browser that leaves without a word is the usual end.
                    tracing::debug!(%cause, "a socket broke off");
                },
            }
        });
    }
}

async fn carry(browser: OnUpgrade, component: OnUpgrade) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let (browser, component) = tokio::try_join!(browser, component)?;
    tokio::io::copy_bidirectional(&mut TokioIo::new(browser), &mut TokioIo::new(component)).await?;
    Ok(())
}
