//! How a run is ended, with all that it started.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::failure::{blocking, disk};
use super::inner::Inner;
use super::key::Key;
use super::run::Run;
use super::{stragglers, whole};
use crate::domain::moment::{self, Moment};
use crate::ports::DriverError;

/// How often open requests are counted.
const COUNT: Duration = Duration::from_millis(10);

impl Inner {
    /// Ends the component and removes all that is known of it.
    pub(super) async fn end(self: &Arc<Self>, key: &Key, generation: i64) -> Result<(), DriverError> {
        let home = self.grounds.component(key)?;
        self.admit(key, generation)?;
        let _turn = self.turn(key).await;
        self.admit(key, generation)?;
        self.finish(key).await?;
        if let Some(run) = self.table.take(key) {
            // Until it is gone it is unfinished: should this fail, the next try goes on with it.
            self.begun(&run);
            self.finish(key).await?;
        }
        // Also what an earlier run or a build left.
        let is_of = self.grounds.marks_of(key);
        stragglers::sweep(is_of).await?;
        blocking(move || whole::remove_folder(&home).map_err(disk("the component's folder cannot be removed"))).await
    }

    /// Ends the component's run that is neither up nor gone, if there is one.
    pub(super) async fn finish(&self, key: &Key) -> Result<(), DriverError> {
        let Some(run) = self.unfinished(key) else { return Ok(()) };
        self.retire(&run).await?;
        self.finished(key);
        Ok(())
    }

    /// Waits until no request is under way on `run`, or the grace is over.
    pub(super) async fn drain(&self, run: &Run) {
        let began = Instant::now();
        while run.count_open() > 0 && !run.ended.is_cancelled() && began.elapsed() < self.settings.grace {
            sleep(COUNT).await;
        }
    }

    /// Ends `run`: asks its group, kills it after the grace, then kills whatever still carries its mark. Nobody may be
    /// led to it any more. What was written down of it is removed when nothing of it is left, not before.
    pub(super) async fn retire(&self, run: &Arc<Run>) -> Result<(), DriverError> {
        run.terminate();
        tracing::trace!(target: moment::TARGET, moment = Moment::Stopping.as_str());
        if timeout(self.settings.grace, run.ended.cancelled()).await.is_err() {
            run.kill();
        }
        self.sweep_run(run).await?;
        tracing::trace!(target: moment::TARGET, moment = Moment::Stopping.as_str());
        let run = Arc::clone(run);
        blocking(move || run.forget()).await
    }

    /// Kills whatever carries the mark of `run`.
    pub(super) async fn sweep_run(&self, run: &Run) -> Result<(), DriverError> {
        let mark = run.record.instance.clone();
        stragglers::sweep(move |instance| instance == mark).await
    }
}
