//! Which of our names a request was sent to. A foreign name is turned away: it may be another site's, pointed here.

use axum::extract::{Request, State as Shared};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::state::State;

/// Lets requests to the console's own name pass; sends plain `localhost` there, and sets no cookie on it.
pub(super) async fn check(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if name.eq_ignore_ascii_case(&state.settings.host) {
        return next.run(request).await;
    }
    let is_plain = name.eq_ignore_ascii_case("localhost") || state.settings.listen.ip().to_string() == name;
    if is_plain && request.method() == Method::GET {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return Redirect::temporary(&format!("{}{path}", state.origin())).into_response();
    }
    let told = format!("Nothing is served by this name here. The console is at {}/.\n", state.origin());
    (StatusCode::MISDIRECTED_REQUEST, told).into_response()
}
