//! Which component a host name means.

use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;

/// Reads `<component>.<environment>.localhost`, with or without a port, in any case; nothing for other names.
pub fn target(host: &str) -> Option<(ComponentName, EnvironmentName)> {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    port.parse::<u16>().ok().filter(|_| is_number(port))?;
    let name = name.to_ascii_lowercase();
    let (component, environment) = name.strip_suffix(".localhost")?.split_once('.')?;
    (is_label(component) && is_label(environment))
        .then(|| (ComponentName::new(component), EnvironmentName::new(environment)))
}

/// The port of a host, with its colon; empty when there is none.
pub(super) fn port(host: &str) -> &str {
    let port = host.find(':').map_or("", |at| &host[at..]);
    if port.len() > 1 && is_number(&port[1..]) { port } else { "" }
}

/// Digits and nothing else: a sign before them is none.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    !label.is_empty() && label.len() <= 63 && label.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_two_labels_before_localhost_are_a_component() {
        let good = ["web.sprint-42.localhost", "web.sprint-42.localhost:8080", "WEB.Sprint-42.LocalHost:1"];
        for host in good {
            let (component, environment) = target(host).unwrap();
            assert_eq!((component.as_str(), environment.as_str()), ("web", "sprint-42"), "{host}");
        }
        let bad = [
            "",
            "localhost",
            "web.localhost",
            "a.web.sprint-42.localhost",
            "web..localhost",
            ".sprint.localhost",
            "web.sprint-42.localhost.example.com",
            "web.sprint-42.example.com",
            "web.sprint-42localhost",
            "web.sprint-42.localhost:http",
            "web.sprint-42.localhost:",
            "web.sprint-42.localhost:1:2",
            "web.sprint-42.localhost:+80",
            "w%b.sprint-42.localhost",
            "web.../etc.localhost",
            "127.0.0.1:80",
            "[::1]:80",
        ];
        for host in bad {
            assert_eq!(target(host), None, "{host}");
        }
    }

    #[test]
    fn only_digits_are_a_port() {
        assert_eq!(port("a.b.localhost:80"), ":80");
        assert_eq!(port("a.b.localhost"), "");
        assert_eq!(port("a.b.localhost:\"><"), "");
    }
}
