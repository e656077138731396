//! The few files that pages ask for, built into the program.

use axum::http::header;
use axum::response::IntoResponse;

const CSS: &str = include_str!("console/console.css");

/// The console's look.
pub(super) async fn css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], CSS)
}
