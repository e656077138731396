//! How runs of an earlier driver are found again.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex};

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::failure::disk;
use super::inner::Inner;
use super::key::Key;
use super::manifest::Manifest;
use super::record::{self, Record, Stage};
use super::run::Run;
use super::{layout, stragglers};
use crate::domain::spec::EnvironmentName;
use crate::ports::DriverError;

/// What the records say of what was left.
#[derive(Default)]
struct Found {
    /// Runs that live and were up.
    living: Vec<Arc<Run>>,
    /// Starts that were never up, with their runs' folders.
    broken_off: Vec<(Record, std::path::PathBuf)>,
}

fn unheld() -> DriverError {
    DriverError::Busy { after: None, why: "a component that runs cannot be watched on this machine".to_owned() }
}

impl Inner {
    /// Goes on with what lives and was up, ends everything else that carries a mark of this folder. A record of a run
    /// that ended meanwhile stays: its component is known, and missing.
    pub(super) async fn adopt(self: &Arc<Self>) -> Result<(), DriverError> {
        let found = self.find()?;
        let mut superseded = Vec::new();
        for run in &found.living {
            self.watch(run, None);
            // The newest comes first. Another one is from a swap whose end was not reached.
            if self.table.get(&run.key).is_none() {
                self.table.put(run);
            } else {
                superseded.push(run);
            }
        }
        self.sweep_unknown(&found.living).await?;
        found.broken_off.iter().try_for_each(|(record, home)| record.forget(home))?;
        join_all(superseded.into_iter().map(|run| self.retire(run))).await.into_iter().collect()
    }

    /// The environments that have a folder here.
    pub(super) fn kept(&self) -> Result<Vec<EnvironmentName>, DriverError> {
        let keys = self.grounds.all().map_err(disk("the environments' folder cannot be read"))?;
        let names: BTreeSet<EnvironmentName> = keys.into_iter().map(|key| key.environment).collect();
        Ok(names.into_iter().collect())
    }

    fn find(&self) -> Result<Found, DriverError> {
        let mut found = Found::default();
        for key in self.grounds.all().map_err(disk("the environments' folder cannot be read"))? {
            let home = self.grounds.component(&key)?;
            for record in record::all(&home).map_err(disk("a component's records cannot be read"))? {
                match &record.stage {
                    Stage::Up(_) => found.living.extend(self.find_run(&key, record)?),
                    Stage::Intended | Stage::Started(_) => found.broken_off.push((record, home.clone())),
                }
            }
        }
        Ok(found)
    }

    /// The run of a record, if its process lives.
    fn find_run(&self, key: &Key, record: Record) -> Result<Option<Arc<Run>>, DriverError> {
        let Stage::Up(identity) = record.stage.clone() else { return Ok(None) };
        if !identity.lives() {
            return Ok(None);
        }
        let Some(handle) = identity.hold() else {
            // It has just ended, or no descriptor is left: then it must not be taken for a straggler.
            return if identity.lives() { Err(unheld()) } else { Ok(None) };
        };
        let home = self.grounds.component(key)?;
        let manifest = layout::manifest(&home, &record.layout).unwrap_or_else(Manifest::lost);
        tracing::info!(component = %key, port = record.port, "a component runs since before this start");
        Ok(Some(Arc::new(Run {
            key: key.clone(),
            record,
            home,
            manifest: Arc::new(manifest),
            log_from: 0,
            open: Arc::default(),
            identity,
            handle: Arc::new(handle),
            ended: CancellationToken::new(),
            answered: Mutex::new(None),
        })))
    }

    /// Kills what carries a mark of this folder and belongs to none of `living`: starts and builds that were broken
    /// off, and what outlived its supervisor.
    async fn sweep_unknown(self: &Arc<Self>, living: &[Arc<Run>]) -> Result<(), DriverError> {
        let known: Arc<HashSet<String>> = Arc::new(living.iter().map(|run| run.record.instance.clone()).collect());
        let inner = Arc::clone(self);
        stragglers::sweep(move |mark| inner.grounds.is_ours(mark) && !known.contains(mark)).await
    }
}
