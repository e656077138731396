//! The seam to where environments run.

use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::domain::component::ComponentName;
use crate::domain::spec::{ComponentSpec, EnvironmentName, Seen};

/// Brings components about. Nothing here decides: what should run is decided elsewhere.
#[async_trait]
pub trait EnvironmentDriver: Send + Sync {
    /// Whether what it runs belongs to this machine, so that only a process at home here can look at it.
    fn is_local(&self) -> bool;

    /// The environments of which something is here; none for a driver that is not local.
    async fn kept(&self) -> Result<Vec<EnvironmentName>, DriverError>;

    /// What runs there now, one entry a component that the driver knows of; nothing for an environment never seen.
    async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError>;

    /// Brings one component to its spec, and returns when it is healthy. The old one keeps running until then, and
    /// goes on when this fails. Twice is once: what is up with this hash already is left alone.
    /// `stop` breaks the work off; what was begun is taken back, and the old one goes on.
    async fn bring(
        &self,
        spec: &ComponentSpec,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<(), DriverError>;

    /// Ends one component and forgets it. Ending the missing is well.
    async fn end(
        &self,
        environment: &EnvironmentName,
        generation: i64,
        component: &ComponentName,
    ) -> Result<(), DriverError>;

    /// Ends all that runs there and removes what was laid out. Removing the missing is well.
    async fn remove(&self, environment: &EnvironmentName, generation: i64) -> Result<(), DriverError>;

    /// The last lines that a component wrote, oldest first; at most `lines`.
    async fn logs(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
        lines: usize,
    ) -> Result<Vec<String>, DriverError>;

    /// All that is kept of the log of the last try that [failed](DriverError::Failed): the build's or the component's
    /// own, oldest line first. Nothing once it is no longer known which that was.
    async fn log_of_failure(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
    ) -> Result<Vec<String>, DriverError>;
}

/// Hears how far a step is.
pub trait Progress: Send + Sync {
    /// A stage has begun: `lay out`, `build`, `start`, `health`, `stop old`.
    fn stage(&self, stage: &'static str);
}

/// Why a driver could not do it.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// Try again later, after the stated wait if any.
    #[error("the platform is busy: {why}")]
    Busy {
        /// Its own wish.
        after: Option<Duration>,
        /// Why.
        why: String,
    },
    /// It can never succeed as it was asked: shown to the room.
    #[error("{why}")]
    Failed {
        /// The stage it failed in.
        stage: &'static str,
        /// Why, for people, and what to do.
        why: String,
        /// The last lines of the build's or the component's own log, at most 20.
        log: Vec<String>,
    },
    /// A newer life of the environment has begun: what asked is out of date.
    #[error("the environment has begun a newer life")]
    Outdated,
    /// Broken off because the caller wished it.
    #[error("it was stopped")]
    Stopped,
}
