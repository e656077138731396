//! `[server]`: where the console and the webhooks are served.

use std::net::{Ipv4Addr, SocketAddr};

use super::problem::Fault;
use super::profile::Profile;
use super::section::Section;

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7420);
const DEFAULT_HOST: &str = "chamberlain.localhost";

/// RFC 1035 allows no longer names, and no longer parts of one.
const LONGEST_HOST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Where the console and the webhooks are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The address to listen on; in the dev profile always one of this machine's own.
    pub listen: SocketAddr,
    /// The name people open the console by, in lower case, without scheme and port.
    pub host: String,
}

impl Server {
    pub(super) fn read(section: &mut Section<'_>, profile: Profile) -> Self {
        Self {
            listen: section.take("listen", DEFAULT_LISTEN, |text: String| listen(&text, profile)),
            host: section.take("host", DEFAULT_HOST.to_owned(), host),
        }
    }
}

fn listen(text: &str, profile: Profile) -> Result<SocketAddr, Fault> {
    let not_an_address =
        |_| Fault::new("not an address with a port", format!("Write for example \"{DEFAULT_LISTEN}\"."));
    let address: SocketAddr = text.parse().map_err(not_an_address)?;
    if profile == Profile::Dev && !address.ip().is_loopback() {
        return Err(Fault::new(
            "others can reach it, and in the dev profile anyone who reaches the page can act as anyone",
            format!("Write for example \"{DEFAULT_LISTEN}\", or set `profile` to \"production\"."),
        ));
    }
    Ok(address)
}

fn host(text: String) -> Result<String, Fault> {
    if text.len() <= LONGEST_HOST && text.split('.').all(is_label) {
        return Ok(text);
    }
    Err(Fault::new(
        "not a lower-case DNS name",
        format!("Write for example \"{DEFAULT_HOST}\", without scheme and port."),
    ))
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
