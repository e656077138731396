//! `[slack]`: the way to Slack, and how rooms and groups are there.

use std::collections::BTreeMap;
use std::net::IpAddr;

use reqwest::Url;

use super::choice::one_of;
use super::item::Item;
use super::problem::Fault;
use super::secret::Secret;
use super::section::Section;

const DEFAULT_API_URL: &str = "https://slack.com/api";

/// The way to Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slack {
    /// Where its methods are, without a slash at the end.
    pub api_url: String,
    /// The bot's token, `xoxb-…`.
    pub bot_token: Option<Secret>,
    /// The app's token, `xapp-…`.
    pub app_token: Option<Secret>,
    /// How many sockets are kept open at once.
    pub connections: u32,
    /// Who may find the rooms that are made.
    pub rooms: Visibility,
    /// Groups whose people are those of a user group there: its id or its handle.
    pub user_groups: BTreeMap<String, String>,
}

/// Who may find a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody in the workspace.
    Public,
    /// Only who was invited.
    Private,
}

/// At least two, so that one is open while the other is replaced; Slack allows ten an app.
const CONNECTIONS: std::ops::RangeInclusive<i64> = 2..=5;

impl Slack {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        // Hidden when it will not do: an address may hold a password.
        let api_url = section.item("api_url").and_then(|mut item| item.parse_hidden(|text: String| api_url(&text)));
        Self {
            api_url: api_url.unwrap_or_else(|| DEFAULT_API_URL.to_owned()),
            bot_token: section.secret("bot_token", |_| false, |text| token(text, "xoxb-")),
            app_token: section.secret("app_token", |_| false, |text| token(text, "xapp-")),
            connections: section.take("connections", 2, connections),
            rooms: section.take(
                "rooms",
                Visibility::Public,
                one_of([("public", Visibility::Public), ("private", Visibility::Private)]),
            ),
            user_groups: section
                .item("user_groups")
                .map(|mut item| item.entries(user_group))
                .unwrap_or_default()
                .into_iter()
                .collect(),
        }
    }
}

fn connections(count: i64) -> Result<u32, Fault> {
    let hint = format!("Write a number from {} to {}.", CONNECTIONS.start(), CONNECTIONS.end());
    let fits = u32::try_from(count).ok().filter(|_| CONNECTIONS.contains(&count));
    fits.ok_or_else(|| Fault::new("no number of connections that will do", hint))
}

fn user_group(group: &str, item: &mut Item<'_>) -> Option<(String, String)> {
    let there = item.parse(|text: String| {
        let name = text.trim_start_matches('@').to_owned();
        let hint = "Write its handle, as \"@developers\", or its id, as \"S0614TZR7\".";
        if name.is_empty() { Err(Fault::new("no user group", hint)) } else { Ok(name) }
    })?;
    Some((group.to_owned(), there))
}

/// A token of one kind: swapped ones are found before Slack is asked.
fn token(text: &str, start: &str) -> Result<Secret, Fault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Fault::new("no token", "Copy it anew from the app's page at api.slack.com/apps, without blanks."));
    }
    if !text.starts_with(start) {
        let hint = "The bot's begins with `xoxb-`, the app's with `xapp-`: are they swapped?";
        return Err(Fault::new(format!("a token of another kind: it should begin with `{start}`"), hint));
    }
    Ok(Secret::new(text))
}

fn api_url(text: &str) -> Result<String, Fault> {
    let url = Url::parse(text).ok().filter(|url| {
        let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        is_plain && url.fragment().is_none() && is_private(url)
    });
    match url {
        Some(_) => Ok(text.trim_end_matches('/').to_owned()),
        None => Err(Fault::new(
            "no address that a token may be sent to",
            format!("Write for example \"{DEFAULT_API_URL}\"; http without s is for this machine alone."),
        )),
    }
}

/// Whether nobody on the way reads the token.
fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_loopback = host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    url.scheme() == "https" || url.scheme() == "http" && (host == "localhost" || is_loopback)
}
