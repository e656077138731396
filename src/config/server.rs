//! `[server]`: where the console and the webhooks are served.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use super::problem::Fault;
use super::profile::Profile;
use super::section::Section;

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7420);
const DEFAULT_HOST: &str = "chamberlain.localhost";

/// A process has 1,024 descriptors unless it is given more; the rest is for the database, git and builds.
const DEFAULT_CONNECTIONS: u32 = 512;
const DEFAULT_CONNECTIONS_EACH: u32 = 128;
const DEFAULT_MESSAGES: u32 = 600;
/// More of anything is no limit.
const MOST: u32 = 10_000_000;

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
    /// How many connections are open at once.
    pub connections: NonZeroU32,
    /// How many of them come from one address.
    pub connections_each: NonZeroU32,
    /// How many messages and presses one person may send in a minute.
    pub messages_per_minute: NonZeroU32,
}

impl Server {
    pub(super) fn read(section: &mut Section<'_>, profile: Profile) -> Self {
        Self {
            listen: section.take("listen", DEFAULT_LISTEN, |text: String| listen(&text, profile)),
            host: section.take("host", DEFAULT_HOST.to_owned(), host),
            connections: section.take("connections", at_most(DEFAULT_CONNECTIONS), count),
            connections_each: section.take("connections_each", at_most(DEFAULT_CONNECTIONS_EACH), count),
            messages_per_minute: section.take("messages_per_minute", at_most(DEFAULT_MESSAGES), count),
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

/// A number of something of which one at least is needed.
fn count(number: i64) -> Result<NonZeroU32, Fault> {
    let fits = u32::try_from(number).ok().filter(|number| *number <= MOST).and_then(NonZeroU32::new);
    fits.ok_or_else(|| Fault::new("not a number that will do", format!("Write one from 1 to {MOST}.")))
}

fn at_most(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
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
