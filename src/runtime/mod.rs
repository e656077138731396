//! The house at work: wiring, the loops, and their end.

mod alarms;
mod counted;
mod desk;
mod elsewhere;
mod hooks;
mod house;
mod inbox;
mod known;
mod lanes;
mod measured;
mod mirrors;
mod outbox;
mod people;
mod retention;
mod sealing;
mod set_back;
mod settings;
mod shares;
mod slack;
pub mod telemetry;
mod timers;
mod turns;
mod welcome;
mod wiring;
mod workshops;

pub use hooks::hook_key;
pub use house::{House, Iterations, Upkeep};
pub use settings::{slack_needs, slack_shortcuts};
pub use slack::Slack;
pub use welcome::{dev_token_path, let_in, make_lobby};
pub use wiring::{Opened, Settings, open};
pub use workshops::{Workshops, git_settings};
