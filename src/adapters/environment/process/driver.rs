//! The driver's face: what the house asks of it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::bring::Wish;
use super::failure::{blocking, disk};
use super::grounds::{Grounds, OpenError};
use super::inner::Inner;
use super::key::Key;
use super::settings::ProcessSettings;
use super::{health, log};
use crate::domain::component::ComponentName;
use crate::domain::spec::{ComponentSpec, EnvironmentName, Seen};
use crate::ports::{DriverError, EnvironmentDriver, Progress, Route, Routes};

/// How often, and how many times, a held folder is tried again: an earlier driver of ours may just be letting go.
const PATIENCE: (Duration, u32) = (Duration::from_millis(50), 40);

/// Runs components as processes of this machine. They outlive it, and the next one goes on with them.
pub struct ProcessDriver {
    inner: Arc<Inner>,
    _watching: DropGuard,
}

impl ProcessDriver {
    /// Opens the folder and puts in order what the last driver left: what lives and was up is gone on with, everything
    /// else is ended.
    ///
    /// # Errors
    /// See [`OpenError`]; may be repeated.
    pub async fn open(settings: ProcessSettings) -> Result<Self, OpenError> {
        let grounds = hold(&settings).await?;
        let client = health::client().map_err(OpenError::Client)?;
        let stop = CancellationToken::new();
        let inner = Arc::new(Inner::new(settings, grounds, client, stop.clone()));
        let driver = Self { inner, _watching: stop.drop_guard() };
        driver.inner.adopt().await.map_err(OpenError::Leftovers)?;
        Ok(driver)
    }
}

#[async_trait]
impl EnvironmentDriver for ProcessDriver {
    fn is_local(&self) -> bool {
        true
    }

    async fn kept(&self) -> Result<Vec<EnvironmentName>, DriverError> {
        self.inner.kept()
    }

    async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError> {
        self.inner.observe(environment).await
    }

    /// May be dropped: what was begun is ended before anything else is done with the component.
    async fn bring(
        &self,
        spec: &ComponentSpec,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<(), DriverError> {
        self.inner.bring(Wish { spec, progress, stop }).await
    }

    async fn end(
        &self,
        environment: &EnvironmentName,
        generation: i64,
        component: &ComponentName,
    ) -> Result<(), DriverError> {
        self.inner.end(&Key::new(environment, component), generation).await
    }

    /// The newest generation stays known: late work of an earlier life is still refused.
    async fn remove(&self, environment: &EnvironmentName, generation: i64) -> Result<(), DriverError> {
        let folder = self.inner.grounds.environment(environment)?;
        self.inner.generations.admit(&folder, generation)?;
        loop {
            let keys = self.inner.keys_of(environment)?;
            if keys.is_empty() {
                return Ok(());
            }
            let ends = join_all(keys.iter().map(|key| self.inner.end(key, generation))).await;
            ends.into_iter().collect::<Result<(), _>>()?;
        }
    }

    async fn logs(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
        lines: usize,
    ) -> Result<Vec<String>, DriverError> {
        let key = Key::new(environment, component);
        let home = self.inner.grounds.component(&key)?;
        let up = self.inner.table.get(&key).map(|run| run.record.log_file(&run.home));
        blocking(move || {
            if !home.exists() {
                return Ok(Vec::new());
            }
            let unreadable = "the component's log cannot be read";
            let newest = || log::newest_first(&home).map_err(disk(unreadable)).map(|logs| logs.into_iter().next());
            let Some(log) = up.map_or_else(newest, |log| Ok(Some(log)))? else { return Ok(Vec::new()) };
            log::last_lines(&log, lines).map_err(disk(unreadable))
        })
        .await
    }

    async fn log_of_failure(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
    ) -> Result<Vec<String>, DriverError> {
        let Some(log) = self.inner.failed(&Key::new(environment, component)) else { return Ok(Vec::new()) };
        blocking(move || log.lines().map_err(disk("the log of what failed cannot be read"))).await
    }
}

impl Routes for ProcessDriver {
    fn find(&self, environment: &EnvironmentName, component: &ComponentName) -> Option<Route> {
        self.inner.table.find(environment, component)
    }

    fn known(&self) -> Vec<(EnvironmentName, ComponentName)> {
        self.inner.table.known()
    }
}

async fn hold(settings: &ProcessSettings) -> Result<Grounds, OpenError> {
    let (wait, mut left) = PATIENCE;
    loop {
        match Grounds::open(&settings.folder) {
            Err(OpenError::Held(_)) if left > 0 => left -= 1,
            other => return other,
        }
        tokio::time::sleep(wait).await;
    }
}
