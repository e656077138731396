//! Webhooks: what other programs call. Their addresses are secrets, so they need no login, and answer by any name.

mod key;
mod push;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;

pub use self::key::HookKey;
use super::state::State;

/// The longest body that is read to its end: GitHub sends up to 25 MB. None of it is kept.
const LONGEST_BODY: usize = 25 * 1024 * 1024;

/// The webhooks' addresses. No cookie is read here, so that a foreign page gains nothing by calling them.
pub(super) fn routes() -> Router<State> {
    Router::new().route("/hooks/push/{key}/{repository}", post(push::hint)).layer(DefaultBodyLimit::max(LONGEST_BODY))
}
