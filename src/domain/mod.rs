//! Pure types, state machines and acts that everybody reads; no I/O, no clock.

pub mod effect;
pub mod ids;
pub mod marked;
pub mod person;
pub mod refusal;
pub mod rights;
pub mod time;

pub use ids::{ChatName, CommandName, EffectId, EventId, Lane, MessageId, PersonId, RoomId, TraceId, WorkerId};
pub use refusal::Refusal;
pub use time::Timestamp;
