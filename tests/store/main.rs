//! Each store story runs on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod claims;
mod hot_path;
mod keeping;
mod ledger;
mod model;
mod opening;
mod overload;
mod replicas;
mod retention;
mod rooms;
mod schema;
mod seals;
