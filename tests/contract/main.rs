//! What every implementation of a seam must keep: the shipped ones and the fakes alike.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod artifact_source;
mod chat_adapter;
mod environment_driver;
mod fake_slack;
mod slack_calls;
mod slack_history;
mod slack_socket;
