//! Every address that the house answers at, as the scans walk them. A new one that is missing here fails a test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::caller::host;
use crate::support::house::House;

/// An address, and a request to it. `{}` is where a scan puts what it tries.
pub(crate) struct Route {
    /// As the source has it.
    pub(crate) pattern: &'static str,
    pub(crate) method: &'static str,
    /// With every parameter that it takes.
    pub(crate) target: &'static str,
    /// What a request that changes something sends, and of which kind.
    pub(crate) body: Option<(&'static str, &'static str)>,
}

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

const fn look(pattern: &'static str, target: &'static str) -> Route {
    Route { pattern, method: "GET", target, body: None }
}

const fn change(pattern: &'static str, kind: &'static str, body: &'static str) -> Route {
    Route { pattern, method: "POST", target: pattern, body: Some((kind, body)) }
}

pub(crate) const ROUTES: &[Route] = &[
    look("/", "/?room={}&thread={}&before=1&as={}&{}={}"),
    look("/live", "/live?room={}&after=0&as={}"),
    look("/login", "/login?key={}&next={}"),
    look("/preview/slack", "/preview/slack?{}={}"),
    look("/assets/console.css", "/assets/console.css?{}"),
    look("/assets/preview.css", "/assets/preview.css?{}"),
    look("/assets/console.js", "/assets/console.js?{}"),
    look("/assets/icon.svg", "/assets/icon.svg?{}"),
    look("/api/v1/complete", "/api/v1/complete?room={}&text={}&as={}"),
    look("/api/v1/palette", "/api/v1/palette?as={}"),
    look("/api/v1/events/{event}", "/api/v1/events/{}?wait=0"),
    look("/api/v1/rooms", "/api/v1/rooms?{}={}"),
    look("/api/v1/rooms/{room}/messages", "/api/v1/rooms/{}/messages?most=1&{}={}"),
    look("/healthz", "/healthz?{}={}"),
    look("/readyz", "/readyz?{}={}"),
    change("/say", FORM, "room=lobby{}&text={}&thread={}&as={}&form_key={}"),
    change("/press", FORM, "room=lobby{}&message={}&action={}&guard=1&as={}&form_key={}"),
    change("/read", FORM, "room=lobby{}&seq=1&as={}&form_key={}"),
    change("/api/v1/messages", JSON, r#"{"room": "lobby{}", "text": "{}", "as": "{}", "key": "{}", "thread": "{}"}"#),
    change("/api/v1/presses", JSON, r#"{"message": "{}", "action": "{}", "value": "{}", "as": "{}", "key": "{}"}"#),
    change("/api/v1/login-links", JSON, r#"{"{}": "{}"}"#),
    Route {
        pattern: "/hooks/push/{key}/{repository}",
        method: "POST",
        target: "/hooks/push/{}/{}",
        body: Some((JSON, r#"{"ref": "{}"}"#)),
    },
];

/// What a listener of its own answers, which no scan of the console reaches.
const ELSEWHERE: [&str; 1] = ["/metrics"];

impl Route {
    /// The request with `tried` in each parameter, and these headers.
    pub(crate) fn request(&self, house: &House, (tried, headers): (&str, &str)) -> String {
        let in_target: String = form_urlencoded::byte_serialize(tried.as_bytes()).collect();
        let target = self.target.replace("{}", &in_target);
        let Some((kind, body)) = self.body else { return self.raw(house, (&target, headers), "") };
        let body = match kind {
            FORM => body.replace("{}", &in_target),
            _ => body.replace("{}", serde_json::to_string(tried).unwrap().trim_matches('"')),
        };
        self.raw(house, (&target, &format!("{headers}Content-Type: {kind}\r\n")), &body)
    }

    /// The request with another target and body.
    pub(crate) fn raw(&self, house: &House, (target, headers): (&str, &str), body: &str) -> String {
        let (method, host, length) = (self.method, host(house), body.len());
        let length = if self.body.is_some() { format!("Content-Length: {length}\r\n") } else { String::new() };
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{headers}{length}\r\n{body}")
    }
}

#[test]
fn every_route_of_the_source_is_scanned() {
    let listed: BTreeSet<String> = ROUTES.iter().map(|route| route.pattern.to_owned()).collect();
    let mut found = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let below = if file.parent().unwrap().ends_with("api") { "/api/v1" } else { "" };
        for (at, _) in text.match_indices(".route(") {
            let (_, rest) = text[at..].split_once('"').unwrap();
            found.insert(format!("{below}{}", rest.split('"').next().unwrap()));
        }
        let others = [".route_service(", ".nest_service(", ".fallback_service("];
        assert!(!others.iter().any(|other| text.contains(other)), "{} answers what is not listed", file.display());
    }
    found.retain(|pattern| !ELSEWHERE.contains(&pattern.as_str()));
    assert_eq!(found, listed);
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| sources(folder));
    files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")).chain(below).collect()
}
