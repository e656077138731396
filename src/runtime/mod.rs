//! The house at work: wiring, the loops, and their end.

mod house;
mod inbox;
mod lanes;
mod outbox;
mod settings;

pub mod telemetry;
mod welcome;
mod wiring;
mod workshops;

pub use house::{House, Iterations};
pub use welcome::{dev_token_path, let_in, make_lobby};
pub use wiring::{Opened, Settings, open};
pub use workshops::Workshops;
