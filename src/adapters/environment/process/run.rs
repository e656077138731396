//! One process of a component while it lives.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Signal, kill_process_group, pidfd_send_signal};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::process::Child;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::failure::disk;
use super::identity::Identity;
use super::key::Key;
use super::log;
use super::manifest::Manifest;
use super::record::{Record, Stage};
use crate::ports::DriverError;

/// One process of a component, started by us or found again.
pub(super) struct Run {
    /// Whose.
    pub(super) key: Key,
    /// What was written down of its start.
    pub(super) record: Record,
    /// The component's folder.
    pub(super) home: PathBuf,
    /// The files it was started from.
    pub(super) manifest: Arc<Manifest>,
    /// Where its own lines begin in the log.
    pub(super) log_from: u64,
    /// Requests under way on it.
    pub(super) open: Arc<AtomicUsize>,
    /// Which process.
    pub(super) identity: Identity,
    /// A handle on it.
    pub(super) handle: Arc<OwnedFd>,
    /// Cancelled when it has ended.
    pub(super) ended: CancellationToken,
    /// When it last answered that it is healthy.
    pub(super) answered: Mutex<Option<Instant>>,
}

impl Run {
    /// Writes down that it is up: from now on the next opening goes on with it.
    pub(super) fn keep_up(&self) -> Result<(), DriverError> {
        Record { stage: Stage::Up(self.identity.clone()), ..self.record.clone() }.keep(&self.home)
    }

    /// Whether its files are as they were when it was started.
    pub(super) fn is_unchanged(&self) -> bool {
        self.manifest.is_intact(&self.home.join(&self.record.layout))
    }

    /// Whether it answered within `time`.
    pub(super) fn answered_within(&self, time: Duration) -> bool {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|when| when.elapsed() <= time)
    }

    /// Remembers that it just answered.
    pub(super) fn has_answered(&self) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// How many requests are under way on it.
    pub(super) fn count_open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Returns when the process has ended, and takes it off the process table if it is our child.
    pub(super) async fn wait(&self, child: Option<Child>) -> std::io::Result<()> {
        // A pidfd, also for a child of ours: one way for both, and it says so for zombies that somebody else must take.
        watched(Arc::clone(&self.handle))?.readable().await?.retain_ready();
        if let Some(mut child) = child {
            child.wait().await?;
        }
        Ok(())
    }

    /// Asks the supervisor to end the component; it tells the whole group, once.
    pub(super) fn terminate(&self) {
        if let Err(cause) = pidfd_send_signal(&self.handle, Signal::TERM) {
            tracing::debug!(%cause, component = %self.key, "it had ended before it was asked to");
        }
    }

    /// Kills the supervisor and its group.
    pub(super) fn kill(&self) {
        // While the supervisor lives the group's number is its own; afterwards it may be given to another group.
        if let (true, Some(group)) = (self.identity.lives(), self.identity.pid())
            && let Err(cause) = kill_process_group(group, Signal::KILL)
        {
            tracing::debug!(%cause, component = %self.key, "its group was gone before it was killed");
        }
        if let Err(cause) = pidfd_send_signal(&self.handle, Signal::KILL) {
            tracing::debug!(%cause, component = %self.key, "it had ended before it was killed");
        }
    }

    /// Its last lines, none of an earlier start's.
    pub(super) fn last_lines(&self, lines: usize) -> Vec<String> {
        let read = log::lines_since(&self.record.log_file(&self.home), self.log_from, lines);
        read.map_err(disk("a log cannot be read")).unwrap_or_default()
    }

    /// Its own part of the log.
    pub(super) fn log(&self) -> log::Part {
        log::Part { path: self.record.log_file(&self.home), from: self.log_from }
    }

    /// Removes what was written down of it; its log stays.
    pub(super) fn forget(&self) -> Result<(), DriverError> {
        self.record.forget(&self.home)
    }
}

/// The handle itself, no copy: a copy would need a descriptor, and without one a run that lives would count as ended.
#[expect(deprecated, reason = "its successor is `unsafe`; what that demands holds: the handle is never changed")]
fn watched(handle: Arc<OwnedFd>) -> std::io::Result<AsyncFd<Arc<OwnedFd>>> {
    AsyncFd::with_interest(handle, Interest::READABLE)
}
