//! Which of our names a request was sent to. A foreign name is turned away: it may be another site's, pointed here.

use std::net::IpAddr;

use axum::extract::{Request, State as Shared};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::state::State;

/// Whom a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// The console, by its own name.
    Console,
    /// The console, by a name on which no cookie is set.
    Plain,
    /// Nobody here.
    Nobody,
}

/// Whom a host with or without a port means, where the console has this name and listens at this address.
pub(crate) fn meant(host: &str, (console, listens): (&str, IpAddr)) -> Meant {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if name.eq_ignore_ascii_case(console) {
        Meant::Console
    } else if name.eq_ignore_ascii_case("localhost") || listens.to_string() == name {
        Meant::Plain
    } else {
        Meant::Nobody
    }
}

/// The one name that a request was sent to; empty when it tells none, or several: whoever it was sent on to might go by
/// another of them than we.
pub(crate) fn named(headers: &HeaderMap) -> &str {
    let mut names = headers.get_all(header::HOST).iter();
    let name = names.next().filter(|_| names.next().is_none());
    name.and_then(|name| name.to_str().ok()).unwrap_or_default()
}

/// Lets requests to the console's own name pass; sends plain `localhost` there, and sets no cookie on it.
pub(super) async fn check(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    match meant(named(request.headers()), (&state.settings.host, state.settings.listen.ip())) {
        Meant::Console => return next.run(request).await,
        Meant::Plain if request.method() == Method::GET => {
            // Not every target is a path, and what is none must not become part of the name.
            let path = request.uri().path_and_query().map(PathAndQuery::as_str).filter(|path| path.starts_with('/'));
            let path = path.unwrap_or("/");
            return Redirect::temporary(&format!("{}{path}", state.origin())).into_response();
        }
        Meant::Plain | Meant::Nobody => {}
    }
    let told = format!("Nothing is served by this name here. The console is at {}/.\n", state.origin());
    (StatusCode::MISDIRECTED_REQUEST, told).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_to_several_names_is_for_none_of_them() {
        let names = |names: &[&'static str]| -> HeaderMap {
            names.iter().map(|name| (header::HOST, header::HeaderValue::from_static(name))).collect()
        };
        assert_eq!(named(&names(&["web.e.localhost:80"])), "web.e.localhost:80");
        for several in [&[][..], &["web.e.localhost", "other.e.localhost"], &["web.e.localhost", "web.e.localhost"]] {
            assert_eq!(named(&names(several)), "", "{several:?}");
        }
    }
}
