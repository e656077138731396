//! Stories told through the front door: a person says something, the house answers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod alarms;
mod branches;
mod budget;
mod commands;
mod completion;
mod console;
mod deploys;
mod failures;
mod hooks;
mod iterations;
mod live;
mod meanwhile;
mod model;
mod moving;
mod pages;
mod preview;
mod records;
mod reopening;
mod runs;
mod seals;
mod spine;
mod traces;
mod updates;
