//! What the Slack adapter sends, and what it makes of each answer.

mod files;
mod messages;
mod people;
mod refusals;
mod rooms;
mod server;
