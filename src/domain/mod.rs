//! Pure types, state machines and acts that everybody reads; no I/O, no clock.

pub mod artifact;
pub mod card;
pub mod component;
pub mod deployment;
pub mod effect;
pub mod environment;
pub mod ids;
pub mod iteration;
pub mod marked;
pub mod member;
pub mod moment;
pub mod person;
pub mod project;
pub mod refusal;
pub mod rights;
pub mod room;
pub mod spec;
pub mod time;
pub mod touch;

pub use ids::{ChatName, CommandName, EffectId, EventId, Lane, MessageId, PersonId, RoomId, TraceId, WorkerId};
pub use refusal::Refusal;
pub use time::Timestamp;
