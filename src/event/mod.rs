//! What happened, in the words of the house. `read` turns a raw arrival into events; it is pure, so that a mistake
//! in reading is mended and the arrival read again.

pub mod chat;
mod json;
pub mod outcome;
pub mod raw;
mod read;
pub mod timer;

use crate::domain::timer::TimerKey;

pub use raw::{Arrival, Raw, Source};
pub use read::{Unreadable, read};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// People spoke or pressed something.
    Chat(chat::ChatEvent),
    /// What our own stewards and couriers saw.
    Outcome(outcome::Outcome),
    /// It is time for something.
    Timer(TimerKey),
}
