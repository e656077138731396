//! What a caller is told when a request cannot be served. Causes are logged, never sent.

use axum::Json;
use axum::http::StatusCode;
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
        (self.status(), Json(serde_json::json!({ "error": self.to_string() }))).into_response()
    }
}
