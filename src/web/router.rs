//! Which address is answered by what.

use anyhow::Context;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::state::State;
use super::{api, asset, auth, console, host};

/// The longest body taken.
const LONGEST_BODY: usize = 256 * 1024;
/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
);

/// All routes; building it has no side effects.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/", get(console::home))
        .route("/say", post(console::say))
        .route("/press", post(console::press))
        .route("/login", get(auth::login))
        .route("/assets/console.css", get(asset::css))
        .nest("/api/v1", api::routes())
        .layer(middleware::from_fn(protect))
        .layer(middleware::from_fn_with_state(state.clone(), host::check))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(state)
}

async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Serves until `stop`.
pub async fn serve(listener: TcpListener, state: State, stop: CancellationToken) -> anyhow::Result<()> {
    axum::serve(listener, router(state))
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await
        .context("serving HTTP failed")
}
