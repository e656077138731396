//! What people read when no component answers.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, html};

use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;

/// A component of an environment, as pages name it.
pub(super) type Name<'n> = (&'n EnvironmentName, &'n ComponentName);

/// There is no way to it: it is being started, or there is none. `port` is what links to the known ones end in.
pub(super) fn unknown(name: Name<'_>, known: &[(EnvironmentName, ComponentName)], port: &str) -> Response {
    let (environment, component) = name;
    let has_others = known.iter().any(|(other, _)| other == environment);
    // An environment that has something up is one of ours: what is missing there may come.
    let status = if has_others { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NOT_FOUND };
    let told = format!("{component} of {environment} is being started, or there is no such component.");
    page(status, &told, known, port)
}

/// There is a way, but it does not answer: it is starting again, or has just ended.
pub(super) fn silent(name: Name<'_>) -> Response {
    let (environment, component) = name;
    page(
        StatusCode::BAD_GATEWAY,
        &format!("{component} of {environment} does not answer. It may be starting."),
        &[],
        "",
    )
}

/// It took the request and gave no answer.
pub(super) fn slow(name: Name<'_>) -> Response {
    let (environment, component) = name;
    page(StatusCode::GATEWAY_TIMEOUT, &format!("{component} of {environment} took too long to answer."), &[], "")
}

fn page(status: StatusCode, told: &str, known: &[(EnvironmentName, ComponentName)], port: &str) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "Not here yet" }
            }
            body {
                h1 { "Not here yet" }
                p { (told) " Load this page again in a moment." }
                @if !known.is_empty() {
                    p { "Up now:" }
                    ul {
                        @for (environment, component) in known {
                            @let host = format!("{component}.{environment}.localhost{port}");
                            li { a href={ "http://" (host) "/" } { (host) } }
                        }
                    }
                }
            }
        }
    };
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (RETRY_AFTER, "2"),
    ];
    (status, headers, page).into_response()
}
