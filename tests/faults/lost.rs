//! What goes wrong at the chat: lost answers and slow ones, by a seeded choice.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures::stream;
use rand::Rng;
use rand::rngs::StdRng;

/// What becomes of one answer.
pub(crate) struct Fault {
    pub(crate) is_lost: bool,
    pub(crate) wait: Duration,
}

impl Fault {
    /// One answer in sixteen is lost, one in eight is slow.
    pub(crate) fn draw(rng: &mut StdRng) -> Self {
        let longest = if rng.random_ratio(1, 8) { 120 } else { 6 };
        Self { is_lost: rng.random_ratio(1, 16), wait: Duration::from_millis(rng.random_range(0..longest)) }
    }
}

/// The line goes dead in the middle of the answer.
pub(crate) fn lost() -> Response {
    let broken = stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("the line went dead"))]);
    Body::from_stream(broken).into_response()
}
