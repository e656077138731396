//! How a component is brought to its spec: the new one is up before the old one ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::failure::{blocking, disk};
use super::health::{self, Verdict};
use super::inner::{Inner, TOLD};
use super::key::Key;
use super::layout::{self, Layout};
use super::observe::STILL_UP;
use super::run::Run;
use super::{log, record};
use crate::domain::moment::{self, Moment};
use crate::domain::spec::ComponentSpec;
use crate::ports::{DriverError, Progress};

/// A start that ends within this time is tried once more: perhaps somebody else was faster at its port.
const AT_ONCE: Duration = Duration::from_secs(2);

/// What is wished, who hears of it, and who may call it off.
#[derive(Clone, Copy)]
pub(super) struct Wish<'w> {
    pub(super) spec: &'w ComponentSpec,
    pub(super) progress: &'w dyn Progress,
    pub(super) stop: &'w CancellationToken,
}

impl Inner {
    /// See [`crate::ports::EnvironmentDriver::bring`]. Once people are led to the new one `stop` is no longer heard.
    pub(super) async fn bring(self: &Arc<Self>, wish: Wish<'_>) -> Result<(), DriverError> {
        let key = Key::of(wish.spec);
        self.admit(&key, wish.spec.generation)?;
        let _turn = wish.unless_stopped(async { Ok(self.turn(&key).await) }).await?;
        self.admit(&key, wish.spec.generation)?;
        self.finish(&key).await?;
        if self.is_there(&key, wish.spec).await {
            return Ok(());
        }
        let layout = wish.unless_stopped(self.prepare(wish.spec, wish.progress)).await;
        // Whether it went well or was broken off: a build leaves daemons, or its own middle.
        self.sweep_build(&key).await?;
        let layout = layout?;
        self.admit(&key, wish.spec.generation)?;
        let new = self.begin_healthy(wish, &layout).await?;
        if let Err(outdated) = self.admit(&key, wish.spec.generation) {
            self.finish(&key).await?;
            return Err(outdated);
        }
        self.go_over(&new, wish.progress).await
    }

    /// Whether just this is up and well already.
    async fn is_there(&self, key: &Key, spec: &ComponentSpec) -> bool {
        let Some(run) = self.table.get(key) else { return false };
        run.record.hash == spec.hash
            && run.is_unchanged()
            && (health::is_healthy(&self.client, &run).await || run.answered_within(STILL_UP))
            && !run.ended.is_cancelled()
    }

    /// Starts it and waits until it is healthy. One that is not is ended again.
    async fn begin_healthy(self: &Arc<Self>, wish: Wish<'_>, layout: &Layout) -> Result<Arc<Run>, DriverError> {
        let mut may_try_again = true;
        loop {
            wish.progress.stage("start");
            let began = Instant::now();
            let run = self.begin(wish.spec, layout).await?;
            wish.progress.stage("health");
            let verdict = health::until_healthy(&self.client, &run, wish.stop).await;
            if matches!(verdict, Verdict::Healthy) {
                return Ok(run);
            }
            let failure = self.failure(&run, &verdict);
            self.finish(&run.key).await?;
            let at_once = matches!(verdict, Verdict::Ended) && began.elapsed() < AT_ONCE;
            if !(at_once && std::mem::take(&mut may_try_again)) {
                return Err(failure);
            }
        }
    }

    /// Leads people to the new one, then ends the old one.
    async fn go_over(self: &Arc<Self>, new: &Arc<Run>, progress: &dyn Progress) -> Result<(), DriverError> {
        tracing::trace!(target: moment::TARGET, moment = Moment::Starting.as_str());
        let kept = Arc::clone(new);
        if let Err(cause) = blocking(move || kept.keep_up()).await {
            self.finish(&new.key).await?;
            return Err(cause);
        }
        let old = self.table.put(new).filter(|old| !old.ended.is_cancelled());
        if new.ended.is_cancelled() {
            return Err(self.go_back(new, old).await);
        }
        self.finished(&new.key);
        if let Some(old) = &old {
            // Until it is gone it is unfinished: should this fail, the next one who has the turn goes on with it.
            self.begun(old);
            tracing::trace!(target: moment::TARGET, moment = Moment::Stopping.as_str());
            progress.stage("stop old");
            self.drain(old).await;
            self.finish(&old.key).await?;
        }
        self.tidy(new, old.map(|old| old.record.layout.clone())).await
    }

    /// The new one ended in the very moment that people were led to it: the old one goes on.
    async fn go_back(&self, new: &Arc<Run>, old: Option<Arc<Run>>) -> DriverError {
        self.table.drop_run(new);
        if let Some(old) = old {
            self.table.put(&old);
            if old.ended.is_cancelled() {
                self.table.drop_run(&old);
            }
        }
        let failure = self.failure(new, &Verdict::Ended);
        self.finish(&new.key).await.err().unwrap_or(failure)
    }

    /// Why a start came to nothing, told before its traces are removed.
    fn failure(&self, run: &Run, verdict: &Verdict) -> DriverError {
        let (stage, why) = match verdict {
            Verdict::Stopped => return DriverError::Stopped,
            Verdict::Ended => ("start", run.record.ending(&run.home)),
            Verdict::Healthy | Verdict::TooLate => {
                let (path, limit) = (&run.record.health_path, run.record.start_limit.as_secs());
                ("health", format!("it did not answer 200 at `{path}` within {limit} s"))
            }
        };
        self.has_failed(&run.key, run.log());
        DriverError::Failed { stage, why, log: run.last_lines(TOLD) }
    }

    /// Removes what earlier versions left, but the files of the last one and two logs.
    async fn tidy(&self, up: &Arc<Run>, before: Option<String>) -> Result<(), DriverError> {
        let up = Arc::clone(up);
        blocking(move || {
            let records = record::all(&up.home).map_err(disk("the component's records cannot be read"))?;
            records
                .iter()
                .filter(|record| record.number != up.record.number)
                .try_for_each(|old| old.forget(&up.home))?;
            let kept = [up.record.layout.as_str(), before.as_deref().unwrap_or_default()];
            layout::prune(&up.home, &kept).map_err(disk("old files cannot be removed"))?;
            let own = up.record.log_file(&up.home);
            let logs = log::newest_first(&up.home).map_err(disk("the component's logs cannot be read"))?;
            let mut old = logs.into_iter().filter(|log| *log != own).skip(2);
            old.try_for_each(|log| log::remove(&log)).map_err(disk("an old log cannot be removed"))
        })
        .await
    }
}

impl Wish<'_> {
    /// Does the work, which may be dropped, unless the caller calls it off.
    async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T, DriverError>>) -> Result<T, DriverError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(DriverError::Stopped),
            done = work => done,
        }
    }
}
