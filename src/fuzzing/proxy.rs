//! The heads of a request to a component and of its answer, as lines; an empty line between the two.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, COOKIE, HOST, SET_COOKIE, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::web::host::{self, Meant};
use crate::web::proxy::{fit, outward, target};

/// Where the component listens.
const ADDRESS: SocketAddr = SocketAddr::new(LOCAL, 4321);
const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
/// The console's own name.
const CONSOLE: &str = "chamberlain.localhost";

/// What concerns one connection alone, `Connection` and `Upgrade` aside. Written out again: a slip in one list is found
/// by the other.
const OF_ONE_CONNECTION: [&str; 7] = [
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
];

/// Any two heads.
///
/// # Panics
/// When something does not hold that must.
pub fn proxy(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let asked = headers(&mut lines);
    let answered = headers(&mut lines);
    for host in asked.get_all(HOST) {
        host_means_what_it_says(host.to_str().unwrap_or_default());
    }
    if asked.get_all(HOST).iter().count() > 1 {
        assert_eq!(host::named(&asked), "", "a request to several names is for one of them");
    } else {
        request_is_fit(first, &asked);
    }
    answer_is_fit(answered);
}

/// The headers up to an empty line. What an HTTP server would refuse does not come this far.
fn headers<'l>(lines: &mut impl Iterator<Item = &'l [u8]>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.take_while(|line| !line.is_empty()).take(100) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// A component is exactly `<component>.<environment>.localhost`, and never the console.
fn host_means_what_it_says(host: &str) {
    let low = host.to_ascii_lowercase();
    let (name, port) = low.split_once(':').map_or((low.as_str(), None), |(name, port)| (name, Some(port)));
    let is_port = |port: &str| {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        digits && port.parse::<u32>().is_ok_and(|port| port <= 65_535)
    };
    let labels: Vec<&str> = name.split('.').collect();
    let is_label = |label: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        (1..=63).contains(&label.len()) && label.chars().all(is_letter)
    };
    let expected = match labels.as_slice() {
        [component, environment, "localhost"] => {
            let fits = is_label(component) && is_label(environment) && port.is_none_or(is_port);
            fits.then(|| ((*component).to_owned(), (*environment).to_owned()))
        }
        _ => None,
    };
    let found = target(host).map(|(component, environment)| (component.to_string(), environment.to_string()));
    assert_eq!(found, expected, "{host:?} is another component, or none");
    let meant = host::meant(host, (CONSOLE, LOCAL));
    assert!(found.is_none() || meant == Meant::Nobody, "{host:?} is a component and ours");
    let is_ours = low.strip_prefix(CONSOLE).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    assert!(is_ours || meant != Meant::Console, "{host:?} is not the console");
}

fn request_is_fit(first: &[u8], asked: &HeaderMap) {
    let mut words = first.split(|byte| *byte == b' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or(b"/"));
    let Ok(mut request) = Request::builder().method(method).uri(path).body(Body::empty()) else { return };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    // An address may leave out the slash of its root.
    let path = if path.starts_with('?') { format!("/{path}") } else { path };
    *request.headers_mut() = asked.clone();
    let Some(sent) = fit(request, ADDRESS, Some(LOCAL)) else { return };
    assert_eq!(sent.uri().authority().map(ToString::to_string), Some(ADDRESS.to_string()), "it goes where we send it");
    assert_eq!(sent.uri().path_and_query().map(ToString::to_string), Some(path), "the path is left as it is");
    let headers = sent.headers();
    is_clean(asked, headers);
    has_not_our_cookie(headers);
    assert_eq!(headers.get("x-forwarded-host"), headers.get(HOST), "the name that it was called by");
    let one = |name: &str| {
        let all: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        if let [one] = all.as_slice() { one.to_vec() } else { Vec::new() }
    };
    assert_eq!(one("x-forwarded-for"), b"127.0.0.1", "who called");
    assert_eq!(one("x-forwarded-proto"), b"http", "how");
    assert!(!headers.contains_key("forwarded"), "what the caller claims is passed on");
    others_are_left(asked, headers);
}

/// Nothing passes that concerns one connection, but for the wish to go over to another protocol; nor what only we say.
fn is_clean(before: &HeaderMap, after: &HeaderMap) {
    for name in OF_ONE_CONNECTION {
        assert!(!after.contains_key(name), "`{name}` passes");
    }
    assert!(after.keys().all(|name| !name.as_str().starts_with("x-chamberlain-")), "what only we say passes");
    let told = named_by_connection(before);
    let changes = told.iter().any(|token| token == "upgrade") && before.contains_key(UPGRADE);
    let expected = changes.then(|| (HeaderValue::from_static("upgrade"), before.get(UPGRADE)));
    let found = after.get(CONNECTION).map(|connection| (connection.clone(), after.get(UPGRADE)));
    assert_eq!(found, expected, "what is said of the connection");
    assert!(changes || !after.contains_key(UPGRADE), "a protocol that nobody asked for");
    let ours = ["host", "connection", "upgrade", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
    for name in told.iter().filter(|name| !ours.contains(&name.as_str())) {
        assert!(!after.contains_key(name.as_str()), "`{name}` concerned one connection, and passes");
    }
}

fn named_by_connection(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(CONNECTION).iter().map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    let named = |line: String| line.split(',').map(|token| token.trim().to_ascii_lowercase()).collect::<Vec<_>>();
    lines.flat_map(named).collect()
}

/// Whatever a component may take for a cookie's name, ours is not among them.
fn has_not_our_cookie(headers: &HeaderMap) {
    for line in headers.get_all(COOKIE) {
        let low = line.as_bytes().to_ascii_lowercase();
        for cookie in low.split(|byte| *byte == b';') {
            let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default();
            assert_ne!(name.trim_ascii(), b"chamberlain_session", "our cookie passes in {line:?}");
        }
    }
}

/// All that is none of our business passes as it came.
fn others_are_left(before: &HeaderMap, after: &HeaderMap) {
    let told = named_by_connection(before);
    let is_ours = |name: &str| {
        let known = ["host", "cookie", "connection", "upgrade", "forwarded"];
        known.contains(&name)
            || OF_ONE_CONNECTION.contains(&name)
            || name.starts_with("x-forwarded-")
            || name.starts_with("x-chamberlain-")
            || told.iter().any(|told| told == name)
    };
    for name in before.keys().filter(|name| !is_ours(name.as_str())) {
        let values = |headers: &HeaderMap| headers.get_all(name).iter().cloned().collect::<Vec<_>>();
        assert_eq!(values(before), values(after), "`{name}` is another than it was");
    }
}

/// An answer brings nothing of its connection, and no cookie for other names than the component's own.
fn answer_is_fit(answered: HeaderMap) {
    let mut after = answered;
    outward(&mut after);
    for name in OF_ONE_CONNECTION.into_iter().chain(["connection", "upgrade"]) {
        assert!(!after.contains_key(name), "`{name}` passes to the browser");
    }
    assert!(after.keys().all(|name| !name.as_str().starts_with("x-chamberlain-")), "what only we say passes");
    for cookie in after.get_all(SET_COOKIE) {
        let low = cookie.as_bytes().to_ascii_lowercase();
        let mut attributes = low.split(|byte| *byte == b';').skip(1).map(<[u8]>::trim_ascii);
        let is_wide = attributes.any(|attribute| {
            let rest = attribute.strip_prefix(b"domain").map(<[u8]>::trim_ascii_start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"="))
        });
        assert!(!is_wide, "{cookie:?} reaches other names");
    }
}
