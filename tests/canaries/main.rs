//! Secrets planted wherever one may come in, and looked for wherever something goes out: logs at their loudest, the
//! database, the data folder, what people read, what commands print.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod hunt;
mod start;

mod console;
mod slack;
