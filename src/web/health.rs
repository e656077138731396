//! How the house is, for programs that watch it: whether to start it again (`/healthz`), whether to send people to it
//! (`/readyz`), and its figures (`/metrics`). They are asked by address and not by name, so no name is checked; what they
//! tell names nobody and nothing of the team's.

use std::fmt::Write;
use std::time::Duration;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::listener::serve_all;
use super::state::State;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// <https://prometheus.io/docs/specs/om/open_metrics_spec/#text-format>
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The addresses that anybody may ask.
pub(super) fn routes() -> Router<State> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready))
}

/// Serves the figures until `stop`, on an address of their own: whoever reaches it may read them.
pub async fn serve_metrics(listener: TcpListener, state: State, stop: CancellationToken) -> anyhow::Result<()> {
    let limits = state.settings.limits.clone();
    let router = routes().route("/metrics", get(metrics)).with_state(state);
    serve_all(listener, (router, &limits), (stop, CancellationToken::new())).await;
    Ok(())
}

/// Whether everything is there that an answer needs.
async fn ready(Shared(state): Shared<State>) -> Response {
    let mut checks = vec![("house", if state.closing.is_cancelled() { Err("closing") } else { Ok("at work") })];
    checks.push(("database", database(&state).await));
    for (chat, open) in state.connections.iter() {
        checks.push((chat, if *open.borrow() == 0 { Err("no connection") } else { Ok("connected") }));
    }
    let is_ready = checks.iter().all(|(_, found)| found.is_ok());
    let mut told = format!("{}\n", if is_ready { "ready" } else { "not ready" });
    for (what, Ok(found) | Err(found)) in checks {
        // Writing into a text does not fail.
        writeln!(told, "{what}: {found}").ok();
    }
    (if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, told).into_response()
}

async fn database(state: &State) -> Result<&'static str, &'static str> {
    if !state.store.term().is_held() {
        return Err("its lease is lost, and asked for again");
    }
    match tokio::time::timeout(PATIENCE, state.store.stock()).await {
        Ok(Ok(_)) => Ok("answers"),
        Ok(Err(_)) => Err("cannot be read; the log tells why"),
        Err(_) => Err("does not answer"),
    }
}

async fn metrics(Shared(state): Shared<State>) -> Response {
    let metrics = state.store.metrics();
    for (chat, open) in state.connections.iter() {
        metrics.connected(chat, *open.borrow());
    }
    match metrics.to_text() {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
