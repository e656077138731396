//! A Slack of our own: its Web API and Socket Mode over real HTTP and WebSockets on this machine, with people who act,
//! faults to order, and everything that was said to read back. It starts with `FakeSlack::start().await`, and is gone
//! with the last handle.

mod acts;
pub mod api_faults;
mod args;
mod blocks;
pub mod calls;
pub mod channels;
mod chat;
mod connections;
mod conversations;
mod elements;
pub mod envelopes;
mod events;
mod faults;
pub mod files;
mod furniture;
pub mod handle;
mod history;
pub mod interactions;
mod line;
pub mod messages;
pub mod people;
mod raw;
mod reading;
mod response_urls;
mod scopes;
pub mod sent;
pub mod settings;
mod shared;
mod triggers;
pub mod views;
mod web_api;
pub mod world;

use serde_json::{Value, json};

/// The bot's token.
pub const BOT_TOKEN: &str = "xoxb-1-fake";
/// The app's token, for Socket Mode alone.
pub const APP_TOKEN: &str = "xapp-1-A0FAKE-1-fake";
/// The bot's user id.
pub const BOT: &str = "U0BOT";
/// The bot's own id.
pub const BOT_ID: &str = "B0BOT";
/// The app.
pub const APP: &str = "A0FAKE";
/// The workspace.
pub const TEAM: &str = "T0FAKE";
/// Where the workspace lives.
pub const TEAM_URL: &str = "https://fakeworks.slack.test/";

const TEAM_DOMAIN: &str = "fakeworks";
const VERIFICATION: &str = "fake-verification";
/// A larger frame of the client ends the connection.
const LARGEST_FRAME: usize = 20_480;

fn auth_test() -> Value {
    json!({
        "url": TEAM_URL, "team": "Fake Works", "user": "chamberlain", "team_id": TEAM, "user_id": BOT,
        "bot_id": BOT_ID, "is_enterprise_install": false,
    })
}
