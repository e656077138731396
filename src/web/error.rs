//! What a caller is told when a request cannot be served. Causes are logged, never sent.

use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::ports::IntakeError;
use crate::store::StoreError;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub(super) enum WebError {
    /// Nobody is logged in.
    #[error(
        "You are not logged in. Open the link that the program printed at its start, or run `chamberlain login` for a new one."
    )]
    NotLoggedIn,
    /// Not from our own page.
    #[error("This request did not come from the console's own page. Reload the page and try again.")]
    Foreign,
    /// Something in the request is wrong.
    #[error("{0}")]
    Bad(String),
    /// What was asked for does not exist, or not for this person.
    #[error("There is no such {0}.")]
    Missing(&'static str),
    /// More than one person's share; the time until there is room again.
    #[error("You send more than I take of one person at once. Nothing of this was stored; send it again in {}.", seconds(.0))]
    TooMuch(Duration),
    /// Too many secrets that are none; the time until another one is looked at with patience.
    #[error(
        "Too many logins that are none came from your address; wait {}. One that is right is taken at any time: `chamberlain login` prints a new link.", seconds(.0)
    )]
    TooManyMisses(Duration),
    /// Too much is waiting.
    #[error("I have more to do than I can keep up with. Nothing was lost; try again in a minute.")]
    Busy,
    /// Our own failure.
    #[error("Something went wrong on my side, and what you sent was not stored. Try again; the log says more.")]
    Internal,
}

impl WebError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn => StatusCode::UNAUTHORIZED,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::TooMuch(_) | Self::TooManyMisses(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<StoreError> for WebError {
    fn from(cause: StoreError) -> Self {
        tracing::error!(error = %cause, "a request failed: the store failed");
        Self::Internal
    }
}

impl From<IntakeError> for WebError {
    fn from(cause: IntakeError) -> Self {
        match cause {
            IntakeError::Busy => Self::Busy,
            IntakeError::Store(cause) => {
                tracing::error!(error = %cause, "an arrival could not be stored");
                Self::Internal
            }
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let told = (self.status(), Json(serde_json::json!({ "error": self.to_string() })));
        match self {
            Self::TooMuch(wait) | Self::TooManyMisses(wait) => {
                ([(header::RETRY_AFTER, whole_seconds(&wait))], told).into_response()
            }
            _ => told.into_response(),
        }
    }
}

/// Never so few that who waits as long comes too early.
fn whole_seconds(wait: &Duration) -> u64 {
    wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
}

fn seconds(wait: &Duration) -> String {
    match whole_seconds(wait) {
        1 => "a second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}
