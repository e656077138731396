//! The seams: what the house asks of the outside, and of its own door.

mod artifact_source;
mod chat;
mod clock;
mod desk;
mod environment_driver;
mod ids;
mod intake;
mod limit;
mod log;
mod routes;

pub use crate::domain::room::Standing;
pub use artifact_source::{ArtifactSource, SourceError, defaults, newest};
pub use chat::{Abilities, Accounts, Bookmark, ChatAdapter, ChatError, PeopleSeen, Post, RoomChange, RoomSeen, Sought};
pub use clock::{Clock, SystemClock};
pub use desk::{Desk, Suggestion};
pub use environment_driver::{DriverError, EnvironmentDriver, Progress};
pub use ids::{Ids, RandomIds};
pub use intake::{Arrived, Intake, IntakeError};
pub use limit::within;
pub use log::{LogError, last_lines, log_of_failure};
pub use routes::{Route, Routes};
