//! Counts requests by the route that answered them: never by their path, which anybody may make up.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::state::State;
use crate::metrics::Requested;

/// Counts a request of ours.
pub(super) async fn count(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    tell(&state, route, (&response, begun));
    response
}

/// Counts one that was passed on to a component.
pub(super) fn passed_on(state: &State, (response, begun): (&Response, Instant)) {
    tell(state, "component".to_owned(), (response, begun));
}

fn tell(state: &State, route: String, (response, begun): (&Response, Instant)) {
    let labels = Requested { route, status: class(response.status()) };
    state.store.metrics().requested(&labels, begun.elapsed());
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}
