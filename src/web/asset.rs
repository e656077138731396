//! The few files that pages ask for, built into the program.

use axum::http::header;
use axum::response::IntoResponse;

const CSS: &str = include_str!("console/console.css");
const PREVIEW: &str = include_str!("console/preview/preview.css");
const JS: &str = include_str!("console/console.js");
const ICON: &str = include_str!("console/icon.svg");

/// The console's look.
pub(super) async fn css() -> impl IntoResponse {
    asset("text/css; charset=utf-8", CSS)
}

/// The look of the page that shows cards as a chat would.
pub(super) async fn preview_css() -> impl IntoResponse {
    asset("text/css; charset=utf-8", PREVIEW)
}

/// The console's script.
pub(super) async fn js() -> impl IntoResponse {
    asset("text/javascript; charset=utf-8", JS)
}

/// The sign in the browser's tab.
pub(super) async fn icon() -> impl IntoResponse {
    asset("image/svg+xml", ICON)
}

/// Asked for again each time, so that a newer program is never shown with an older one's look.
fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text)
}
