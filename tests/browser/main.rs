//! Stories told in a real Chromium: what people see and do, not what the server sends.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod chromium;
mod page;
mod pictures;
mod relay;

mod asked;
mod at_once;
mod connection;
mod cookies;
mod first_load;
mod keyboard;
mod live;
mod phone;
mod stale;
mod walk;
mod without_script;
