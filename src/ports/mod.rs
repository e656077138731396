//! The seams: what the house asks of the outside, and of its own door.

mod artifact_source;
mod chat;
mod clock;
mod environment_driver;
mod ids;
mod intake;
mod limit;
mod routes;

pub use artifact_source::{ArtifactSource, SourceError, defaults};
pub use chat::{Abilities, ChatAdapter, ChatError, Post, RoomChange, RoomSeen};
pub use clock::{Clock, SystemClock};
pub use environment_driver::{DriverError, EnvironmentDriver, Progress};
pub use ids::{Ids, RandomIds};
pub use intake::{Arrived, Intake, IntakeError};
pub use limit::within;
pub use routes::{Route, Routes};
