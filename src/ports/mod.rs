//! The seams: what the house asks of the outside, and of its own door.

mod chat;
mod clock;
mod ids;
mod intake;

pub use chat::{Abilities, ChatAdapter, ChatError, Post, RoomChange, RoomSeen};
pub use clock::{Clock, SystemClock};
pub use ids::{Ids, RandomIds};
pub use intake::{Arrived, Intake, IntakeError};
