//! How failures of this machine are told: the cause to the log, a calm sentence to the room.

use std::io;

use crate::adapters::lack::is_lack;
use crate::ports::DriverError;

/// For `map_err`: what could not be done, in words that may be shown. Worth another try: disks get free again.
pub(super) fn disk(what: &'static str) -> impl FnOnce(io::Error) -> DriverError {
    move |cause| {
        tracing::warn!(%cause, what, "this machine refused");
        DriverError::Busy { after: None, why: format!("{what} on this machine") }
    }
}

/// For `map_err`: what could not be started. Worth another try while this machine lacks something, and else not.
pub(super) fn unstarted(stage: &'static str, what: &str) -> impl FnOnce(io::Error) -> DriverError {
    move |cause| {
        if is_lack(&cause) {
            tracing::warn!(%cause, what, "this machine refused");
            return DriverError::Busy { after: None, why: format!("{what} on this machine") };
        }
        failed(stage, format!("{what}: {}", cause.kind()))
    }
}

/// A failure that another try will not mend, without a log of its own.
pub(super) fn failed(stage: &'static str, why: impl Into<String>) -> DriverError {
    DriverError::Failed { stage, why: why.into(), log: Vec::new() }
}

/// Runs what blocks (files, `/proc`) where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DriverError> + Send + 'static,
) -> Result<T, DriverError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(cause) => {
            tracing::error!(%cause, "work on this machine broke off");
            Err(DriverError::Busy { after: None, why: "something broke off on this machine".to_owned() })
        }
    }
}
