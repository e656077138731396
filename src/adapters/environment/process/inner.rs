//! What the driver's parts share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::process::Child;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::generation::Generations;
use super::grounds::Grounds;
use super::key::Key;
use super::log::Part;
use super::run::Run;
use super::settings::ProcessSettings;
use super::table::Table;
use crate::ports::DriverError;

/// How many lines of a log come with a failure.
pub(super) const TOLD: usize = 20;

/// How long nothing is done after a run could not be ended: this machine lacks something, or a disk hangs.
const AGAIN: Duration = Duration::from_secs(1);

/// What the driver's parts share.
pub(super) struct Inner {
    pub(super) settings: ProcessSettings,
    pub(super) grounds: Grounds,
    pub(super) generations: Generations,
    pub(super) client: reqwest::Client,
    pub(super) table: Table,
    /// Runs that nobody is led to: begun and not up yet, or to be ended and still there. What a caller leaves here when
    /// it is dropped, or cannot end, is ended by whoever has the component's turn next.
    unfinished: Mutex<HashMap<Key, Arc<Run>>>,
    turns: Mutex<HashMap<Key, Arc<Turn<()>>>>,
    /// Where the log of each component's last failed try is. Not on disk: a failure is told at once, or without it.
    failed: Mutex<HashMap<Key, Part>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Inner {
    pub(super) fn new(
        settings: ProcessSettings,
        grounds: Grounds,
        client: reqwest::Client,
        stop: CancellationToken,
    ) -> Self {
        Self {
            settings,
            grounds,
            generations: Generations::default(),
            client,
            table: Table::default(),
            unfinished: Mutex::default(),
            turns: Mutex::default(),
            failed: Mutex::default(),
            tasks: TaskTracker::new(),
            stop,
        }
    }

    /// Waits until nobody else changes this component.
    pub(super) async fn turn(&self, key: &Key) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(key.clone()).or_default())
        };
        turn.lock_owned().await
    }

    /// Refuses what belongs to an earlier life of the environment.
    pub(super) fn admit(&self, key: &Key, generation: i64) -> Result<(), DriverError> {
        self.generations.admit(&self.grounds.environment(&key.environment)?, generation)
    }

    /// Remembers where the log of a failed try is.
    pub(super) fn has_failed(&self, key: &Key, log: Part) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), log);
    }

    /// Where the log of the last failed try is.
    pub(super) fn failed(&self, key: &Key) -> Option<Part> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Remembers a run that must not be forgotten before it is up or gone. It is for who has the component's turn.
    pub(super) fn begun(self: &Arc<Self>, run: &Arc<Run>) {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).insert(run.key.clone(), Arc::clone(run));
        // Perhaps nobody comes back for it: what people are led to is as it should be.
        let (inner, key) = (Arc::clone(self), run.key.clone());
        self.tasks
            .spawn(self.stop.clone().run_until_cancelled_owned(async move { inner.finish_for_all_that(&key).await }));
    }

    /// Ends what the caller left unfinished when it gave its turn back.
    async fn finish_for_all_that(&self, key: &Key) {
        loop {
            let turn = self.turn(key).await;
            let Err(cause) = self.finish(key).await else { return };
            drop(turn);
            tracing::warn!(%cause, component = %key, "what should have ended is still there; it is tried again");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// The run of this component that is neither up nor gone.
    pub(super) fn unfinished(&self, key: &Key) -> Option<Arc<Run>> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Forgets it: it is up, or gone.
    pub(super) fn finished(&self, key: &Key) {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Watches a run until it ends or the driver is dropped; the process goes on without us.
    pub(super) fn watch(self: &Arc<Self>, run: &Arc<Run>, child: Option<Child>) {
        let (inner, run, stop) = (Arc::downgrade(self), Arc::clone(run), self.stop.clone());
        self.tasks.spawn(async move {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = run.wait(child) => ended,
            };
            if let Err(cause) = ended {
                tracing::error!(%cause, component = %run.key, "a component cannot be watched any more");
            }
            run.ended.cancel();
            if let Some(inner) = inner.upgrade() {
                inner.has_ended(&run).await;
            }
        });
    }

    /// Takes note of an end. One that nobody asked for is told: then somebody was still led to it.
    async fn has_ended(&self, run: &Arc<Run>) {
        if !self.table.drop_run(run) {
            return;
        }
        let how = run.record.ending(&run.home);
        tracing::info!(component = %run.key, how, "a component ended by itself");
        (self.settings.touch)(&run.key.environment);
        while let Err(cause) = self.sweep_run(run).await {
            tracing::warn!(%cause, component = %run.key, "what it started is still there; it is tried again");
            if self.stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await.is_none() {
                return;
            }
        }
    }
}
