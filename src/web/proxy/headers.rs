//! Which headers pass, in both directions.

use std::net::IpAddr;

use axum::http::header::{CONNECTION, COOKIE, HOST, SET_COOKIE, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The console's own cookie: a component must never see it.
const OUR_COOKIE: &str = "chamberlain_session";

/// What only we may say.
const OURS: &str = "x-chamberlain-";

/// What concerns one connection only (RFC 9110, 7.6.1), and what older proxies took for such.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Makes a request's headers fit for the component. `Host` stays: it is part of the component's address.
pub(super) fn inward(headers: &mut HeaderMap, peer: Option<IpAddr>) {
    strip(headers);
    hide_our_cookie(headers);
    // What the caller claims of these is not ours to vouch for.
    for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"] {
        headers.remove(name);
    }
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert("x-forwarded-host", host);
    }
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    if let Some(Ok(peer)) = peer.map(|peer| HeaderValue::from_str(&peer.to_string())) {
        headers.insert("x-forwarded-for", peer);
    }
}

/// Makes an answer's headers fit for the browser. A cookie for a whole domain would reach other components.
pub(crate) fn outward(headers: &mut HeaderMap) {
    strip(headers);
    let cookies: Vec<HeaderValue> =
        headers.get_all(SET_COOKIE).iter().filter(|cookie| is_own(cookie)).cloned().collect();
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

/// The protocol that a message wants to go over to.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    tokens(headers, &CONNECTION).any(|token| token == "upgrade").then(|| headers.get(UPGRADE).cloned()).flatten()
}

/// Says again that this message goes over to `protocol`: the one hop-by-hop wish that is passed on.
pub(super) fn say_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, protocol);
}

fn strip(headers: &mut HeaderMap) {
    let named: Vec<String> = tokens(headers, &CONNECTION).filter(|token| token != HOST.as_str()).collect();
    for name in named.iter().map(String::as_str).chain(HOP_BY_HOP) {
        headers.remove(name);
    }
    let ours: Vec<HeaderName> = headers.keys().filter(|name| name.as_str().starts_with(OURS)).cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> + 'h {
    // By bytes: one odd letter in the line hides none of its other tokens.
    let tokens = headers.get_all(name).into_iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    tokens.map(|token| String::from_utf8_lossy(token.trim_ascii()).to_ascii_lowercase())
}

/// Takes our cookie out of what the browser sends, and leaves all others as they are, byte by byte.
fn hide_our_cookie(headers: &mut HeaderMap) {
    let kept: Vec<HeaderValue> = headers.get_all(COOKIE).iter().filter_map(without_ours).collect();
    headers.remove(COOKIE);
    for cookies in kept {
        headers.append(COOKIE, cookies);
    }
}

fn without_ours(cookies: &HeaderValue) -> Option<HeaderValue> {
    let is_ours = |cookie: &[u8]| {
        let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case(OUR_COOKIE.as_bytes())
    };
    let all = cookies.as_bytes().split(|byte| *byte == b';');
    let kept: Vec<&[u8]> = all.filter(|cookie| !is_ours(cookie)).map(<[u8]>::trim_ascii).collect();
    // Cut from a valid value at semicolons, it is one again.
    HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok().filter(|kept| !kept.is_empty())
}

/// Whether a cookie is for the component's own name alone.
fn is_own(cookie: &HeaderValue) -> bool {
    let mut attributes = cookie.as_bytes().split(|byte| *byte == b';').skip(1);
    !attributes.any(|attribute| {
        let name = attribute.split(|byte| *byte == b'=').next().unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case(b"domain")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_component_sees_no_hop_no_claim_and_not_our_cookie() {
        let mut sent = headers(&[("connection", "close, X-Hop, host"), ("x-hop", "1"), ("te", "trailers")]);
        for (name, value) in [
            ("host", "web.e.localhost:80"),
            ("cookie", "a=1; chamberlain_session=secret;b=\"x y\""),
            ("x-chamberlain-person", "ana"),
            ("x-forwarded-for", "1.2.3.4"),
        ] {
            sent.append(name, HeaderValue::from_static(value));
        }
        sent.append("cookie", HeaderValue::from_static("chamberlain_session=again"));
        inward(&mut sent, Some(IpAddr::from([127, 0, 0, 1])));
        let left = headers(&[
            ("host", "web.e.localhost:80"),
            ("cookie", "a=1; b=\"x y\""),
            ("x-forwarded-host", "web.e.localhost:80"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-for", "127.0.0.1"),
        ]);
        assert_eq!(sent, left);
    }

    #[test]
    fn an_odd_letter_hides_no_hop() {
        let mut sent = headers(&[("x-hop", "1")]);
        sent.append("connection", HeaderValue::from_bytes(b"X-Hop, \xff").unwrap());
        inward(&mut sent, None);
        assert_eq!(sent, headers(&[("x-forwarded-proto", "http")]));
    }

    #[test]
    fn a_cookie_for_a_whole_domain_is_dropped() {
        let mut answer = HeaderMap::new();
        for cookie in ["a=domain", "b=1; Domain=localhost", "c=1; Path=/; DOMAIN =.e.localhost", "d=1; Path=/domain"] {
            answer.append("set-cookie", HeaderValue::from_static(cookie));
        }
        outward(&mut answer);
        let left: Vec<_> = answer.get_all("set-cookie").iter().collect();
        assert_eq!(left, ["a=domain", "d=1; Path=/domain"]);
    }
}
