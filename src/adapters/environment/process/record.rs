//! What is written down of one start of a component.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::disk;
use super::identity::Identity;
use super::whole;
use crate::adapters::lack::is_lack;
use crate::domain::Timestamp;
use crate::domain::artifact::Digest;
use crate::domain::spec::SpecHash;
use crate::ports::DriverError;

/// One start of a component, as it lies in `run-<hash>.<number>.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// Counts the component's starts: of two that are up the higher one is meant.
    pub(super) number: u64,
    /// What it was started with.
    pub(super) hash: SpecHash,
    /// What it was started from.
    pub(super) digest: Digest,
    /// Where it is asked for its health.
    pub(super) health_path: String,
    /// How long it may take until it is healthy.
    pub(super) start_limit: Duration,
    /// When it was started.
    pub(super) since: Timestamp,
    /// Where it listens.
    pub(super) port: u16,
    /// The folder it runs in, by its name.
    pub(super) layout: String,
    /// The mark it carries in its environment.
    pub(super) instance: String,
    /// How far it came.
    pub(super) stage: Stage,
}

/// How far a start came.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// It is about to be started; perhaps it was.
    Intended,
    /// It was started, and nobody was led to it yet.
    Started(Identity),
    /// It was healthy, and people are led to it while it lives.
    Up(Identity),
}

impl Record {
    /// Writes it whole, in place of what was known of this start.
    pub(super) fn keep(&self, folder: &Path) -> Result<(), DriverError> {
        serde_json::to_vec_pretty(self)
            .map_err(io::Error::other)
            .and_then(|bytes| whole::write(&self.file(folder), &bytes))
            .map_err(disk("the component's record cannot be written"))
    }

    /// Removes it, and the exit code with it.
    pub(super) fn forget(&self, folder: &Path) -> Result<(), DriverError> {
        whole::remove(&self.exit_file(folder))
            .and_then(|()| whole::remove(&self.file(folder)))
            .map_err(disk("the component's record cannot be removed"))
    }

    /// Where the supervisor leaves the exit code.
    pub(super) fn exit_file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("run-{}.{}.exit", self.hash, self.number))
    }

    /// Where its output goes: one log for all starts with the same spec.
    pub(super) fn log_file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("run-{}.log", self.hash))
    }

    /// How it ended, in words.
    pub(super) fn ending(&self, folder: &Path) -> String {
        match fs::read_to_string(self.exit_file(folder)) {
            Ok(text) if text.starts_with("signal") => format!("it was ended by {}", text.trim()),
            Ok(code) => format!("it ended with code {}", code.trim()),
            Err(_) => "it ended without a word".to_owned(),
        }
    }

    fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("run-{}.{}.json", self.hash, self.number))
    }
}

/// All records of a component, the newest first. One that is broken is passed over: what it started is found by its
/// mark.
pub(super) fn all(folder: &Path) -> io::Result<Vec<Record>> {
    let mut records = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !(name.starts_with("run-") && path.extension().is_some_and(|end| end == "json")) {
            continue;
        }
        match fs::read(&path).map(|bytes| serde_json::from_slice::<Record>(&bytes)) {
            Ok(Ok(record)) => records.push(record),
            Ok(Err(cause)) => tracing::warn!(%cause, path = %path.display(), "a record cannot be read"),
            // Taken for nothing, what it tells of would be ended, or its number given away.
            Err(cause) if is_lack(&cause) => return Err(cause),
            Err(cause) => tracing::warn!(%cause, path = %path.display(), "a record cannot be read"),
        }
    }
    records.sort_unstable_by_key(|record| std::cmp::Reverse(record.number));
    Ok(records)
}
