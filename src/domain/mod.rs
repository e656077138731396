//! Pure types, state machines and acts that everybody reads; no I/O, no clock.

pub mod answer;
pub mod artifact;
pub mod card;
pub mod component;
mod crew;
pub mod deployment;
pub mod difference;
pub mod effect;
pub mod environment;
pub mod form;
pub mod furniture;
pub mod hold;
mod ids;
pub mod iteration;
pub mod marked;
pub mod member;
pub mod moment;
pub mod order;
pub mod person;
pub mod phase;
pub mod project;
pub mod record;
pub mod refusal;
pub mod repair;
pub mod revise;
pub mod rights;
pub mod room;
pub mod spec;
pub mod time;
pub mod timer;
pub mod touch;
pub mod update;

pub use crew::Crew;
pub use ids::{ChatName, CommandName, EffectId, EventId, HomeId, Lane, MessageId, PersonId, RoomId, TraceId, WorkerId};
pub use refusal::Refusal;
pub use time::Timestamp;
