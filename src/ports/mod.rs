//! The seams: what the house asks of the outside, and of its own door.

mod chat;
mod clock;
mod ids;
mod intake;

pub use chat::{ChatAdapter, ChatError, Post};
pub use clock::{Clock, SystemClock};
pub use ids::{Ids, RandomIds};
pub use intake::{Arrived, Intake, IntakeError};
