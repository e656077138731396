//! Which address is answered by what.

use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

use super::state::State;
use super::{api, asset, auth, console, health, host, listener, measure, webhooks};

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
        .route("/read", post(console::read))
        .route("/live", get(console::live))
        .route("/login", get(auth::login))
        .route("/preview/slack", get(console::preview::slack))
        .route("/assets/console.css", get(asset::css))
        .route("/assets/preview.css", get(asset::preview_css))
        .route("/assets/console.js", get(asset::js))
        .route("/assets/icon.svg", get(asset::icon))
        .nest("/api/v1", api::routes())
        // Written out, so that the check below stands before it too and a merge does not replace it.
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(middleware::from_fn_with_state(state.clone(), host::check))
        // After the check: git servers call by whatever name or address leads here.
        .merge(webhooks::routes())
        .merge(health::routes())
        .layer(middleware::from_fn_with_state(state.clone(), listener::in_time))
        .layer(middleware::from_fn_with_state(state.clone(), measure::count))
        .layer(middleware::from_fn(protect))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn_with_state(state.clone(), lead_on))
        .with_state(state)
}

/// Components have names of their own; what is for them never reaches our pages, nor our cookies them.
async fn lead_on(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    match state.proxy.answer(request).await {
        Ok(response) => {
            measure::passed_on(&state, (&response, begun));
            response
        }
        Err(ours) => next.run(*ours).await,
    }
}

async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // For browsers that do not know `frame-ancestors`.
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // What is one person's is kept by no proxy on the way, nor by the browser for whoever sits there next.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // Not `no-referrer`: browsers would send `Origin: null` with our own forms, which we could not tell from others'.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
