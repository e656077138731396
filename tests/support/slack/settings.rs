//! How the fake behaves: Slack's own times and limits, for a test to shorten.

use std::time::Duration;

/// Times and limits; the defaults are Slack's.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long an envelope may go without an acknowledgement.
    pub ack_timeout: Duration,
    /// When an event is sent again, each counted from the failure before it.
    pub retry_delays: Vec<Duration>,
    /// How often the server pings.
    pub ping_interval: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// How long the greeting takes.
    pub hello_delay: Duration,
    /// How long a WebSocket address may be used.
    pub ticket_lifetime: Duration,
    /// Whether the bot hears of its own messages, as it does in Slack.
    pub echoes_own_posts: bool,
    /// How long each call takes.
    pub api_delay: Duration,
    /// How often a channel takes a message; `None` is as often as you like.
    pub channel_rate: Option<Rate>,
    /// How long a modal may be opened after a click.
    pub trigger_lifetime: Duration,
    /// How often an answer's address may be used.
    pub response_url_uses: u32,
    /// The error with which `conversations.unarchive` is refused, as it often is to bots.
    pub refuses_unarchive: Option<&'static str>,
}

/// So many a second, and so many at once after a pause.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub per_second: f64,
    pub burst: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ack_timeout: Duration::from_secs(3),
            retry_delays: vec![Duration::ZERO, Duration::from_mins(1), Duration::from_mins(5)],
            ping_interval: Duration::from_secs(10),
            max_connections: 10,
            hello_delay: Duration::ZERO,
            ticket_lifetime: Duration::from_secs(30),
            echoes_own_posts: true,
            api_delay: Duration::ZERO,
            channel_rate: None,
            trigger_lifetime: Duration::from_secs(3),
            response_url_uses: 5,
            refuses_unarchive: None,
        }
    }
}

/// What the app may do until a test takes it away.
pub(super) const SCOPES: &[&str] = &[
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
];

/// The events that the app has subscribed to.
pub(super) const EVENTS: &[&str] = &[
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "channel_created",
    "channel_deleted",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "pin_added",
    "pin_removed",
];
