//! Stories told through the front door: a person says something, the house answers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod budget;
mod commands;
mod console;
mod deploys;
mod iterations;
mod spine;
