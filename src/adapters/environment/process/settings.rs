//! What the process driver must be told.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::spec::EnvironmentName;
use crate::ports::{ArtifactSource, Clock};

/// What the process driver must be told.
#[derive(Clone)]
pub struct ProcessSettings {
    /// Where all of it lies. Made when missing; one driver at a time.
    pub folder: PathBuf,
    /// The program that becomes each component's parent, by its full path, and its first arguments:
    /// `[…/chamberlain, supervise]`.
    pub supervisor: Vec<OsString>,
    /// The `PATH` that components and builds get.
    pub path: OsString,
    /// How long open requests may go on after a swap, and then, how long a process may take to end by itself.
    pub grace: Duration,
    /// How long a build may take.
    pub build_limit: Duration,
    /// Where the files come from.
    pub source: Arc<dyn ArtifactSource>,
    /// Tells since when something runs.
    pub clock: Arc<dyn Clock>,
    /// Called when a component that was up is seen to have ended by itself, so that somebody looks.
    pub touch: Arc<dyn Fn(&EnvironmentName) + Send + Sync>,
}
