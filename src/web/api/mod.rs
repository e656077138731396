//! The HTTP API, `/api/v1`: what scripts, `say` and tests use, with the same rights as the person.

mod complete;
mod events;
mod login_links;
mod messages;
mod palette;
mod presses;
mod rooms;

use axum::Router;
use axum::routing::{get, post};

use super::state::State;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/messages", post(messages::say))
        .route("/presses", post(presses::press))
        .route("/complete", get(complete::complete))
        .route("/palette", get(palette::palette))
        .route("/events/{event}", get(events::answers))
        .route("/rooms", get(rooms::list))
        .route("/rooms/{room}/messages", get(rooms::messages))
        .route("/login-links", post(login_links::make))
}
