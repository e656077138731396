//! Listens, and gives each connection no more time, room and company than it should have.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::door::{Door, Entry};
use super::limits::Limits;
use super::router::router;
use super::state::State;

/// The longest head of a request, in bytes, and the most headers in it.
const LONGEST_HEAD: usize = 64 * 1024;
const MOST_HEADERS: usize = 100;

/// How long whoever is turned away may take to send what they wanted, so that they can be told.
const TURN_AWAY: Duration = Duration::from_secs(2);

/// How long nothing is let in when the system has no descriptor left for it.
const BREATH: Duration = Duration::from_millis(500);

/// Serves the house until `stop`, and then what is under way.
pub async fn serve(listener: TcpListener, state: State, stop: CancellationToken) -> anyhow::Result<()> {
    let (limits, closing) = (state.settings.limits.clone(), state.closing.clone());
    serve_all(listener, (router(state), &limits), (stop, closing)).await;
    Ok(())
}

/// Serves a router until `stop`, tells that it closes, and serves what is under way.
pub(super) async fn serve_all(
    listener: TcpListener,
    (router, limits): (Router, &Limits),
    (stop, closing): (CancellationToken, CancellationToken),
) {
    let door = Door::new(limits);
    let house = Arc::new(House { router, head: limits.head, stop: stop.clone() });
    let mut open = JoinSet::new();
    loop {
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = open.join_next() => continue,
            accepted = accept(&listener) => accepted,
        };
        match door.enter(peer.ip()) {
            Entry::Welcome(place) => drop(open.spawn(house.clone().converse(stream, peer, place))),
            Entry::Full(told) => drop(open.spawn(turn_away(stream, told))),
            Entry::Closed => {}
        }
    }
    drop(listener);
    closing.cancel();
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.closing, all).await.is_err() {
        tracing::warn!(left = open.len(), "requests that did not end in time are broken off");
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The caller's affair: they were gone before they were let in.
            Err(cause) if matches!(cause.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(cause) => {
                tracing::error!(error = %cause, "no connection can be let in");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// What every connection leads to.
struct House {
    router: Router,
    head: Duration,
    stop: CancellationToken,
}

impl House {
    /// Answers what comes by a connection. The place goes along with each request: one that becomes a socket keeps it.
    async fn converse(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, place: super::door::Place) {
        let service = service_fn(|mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(place.clone());
            self.router.clone().oneshot(request.map(Body::new))
        });
        let mut connection = pin!(http(self.head).serve_connection(TokioIo::new(stream), service).with_upgrades());
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(cause) = ended {
            // Callers that leave without a word, or are too slow, are no trouble of ours.
            tracing::debug!(%cause, "a connection broke off");
        }
    }
}

/// Says that there are too many, and hangs up.
async fn turn_away(stream: TcpStream, _told: OwnedSemaphorePermit) {
    let service = service_fn(async |_: hyper::Request<Incoming>| {
        let told = "More connections are open than I serve at once. Close pages that you do not need, or try again in a moment.\n";
        let headers =
            [(header::RETRY_AFTER, "5"), (header::CONNECTION, "close"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
        Ok::<_, std::convert::Infallible>((StatusCode::SERVICE_UNAVAILABLE, headers, told).into_response())
    });
    let connection = http(TURN_AWAY).serve_connection(TokioIo::new(stream), service);
    if !matches!(tokio::time::timeout(TURN_AWAY, connection).await, Ok(Ok(()))) {
        tracing::debug!("a connection that was one too many was closed without a word");
    }
}

fn http(head: Duration) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head);
    http.max_header_size(LONGEST_HEAD).max_headers(MOST_HEADERS);
    http
}

/// Gives up on a request whose answer does not begin in time, most likely because its body does not come.
pub(super) async fn in_time(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.settings.limits.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request took too long to come. Try again.\n").into_response(),
    }
}
