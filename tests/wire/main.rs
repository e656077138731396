//! What comes by the wire from whoever means it ill: requests that drip or flood, and everything that a scanner of web
//! pages would try. All of it goes through a real listener.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod caller;

mod connections;
mod paces;
mod routes;
mod scan;
mod slow;
mod smuggled;
