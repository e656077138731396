//! Slack: what people do there comes in by sockets, and all that the house asks of a chat goes out by calls.

mod adapter;
mod api;
mod auth;
mod calls;
mod connector;
pub mod dialogs;
mod files;
mod furniture;
mod homes;
mod manifest;
mod messages;
mod missed;
mod pace;
mod people;
mod plain;
mod refusal;
mod rooms;
mod scopes;
pub mod socket;
mod tls;
mod views;
mod words;

pub use adapter::{Settings, Slack};
pub use api::{BotToken, NoClient};
pub use auth::{Auth, Bot, auth};
pub use connector::http;
pub use manifest::{Shortcut, manifest};
pub use scopes::{Needs, Privacy, Scope, scopes};
pub use words::AuthError;
