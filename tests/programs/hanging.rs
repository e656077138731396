//! A driver that never answers for the environment which a file names, and does its work for all others.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use chamberlain::domain::component::ComponentName;
use chamberlain::domain::spec::{ComponentSpec, EnvironmentName, Seen};
use chamberlain::ports::{DriverError, EnvironmentDriver, Progress};
use tokio_util::sync::CancellationToken;

/// The driver.
pub(crate) struct HangingDriver {
    pub(crate) driver: Arc<dyn EnvironmentDriver>,
    /// Holds the name of the environment that is never answered for.
    pub(crate) hangs: PathBuf,
}

impl HangingDriver {
    async fn answer(&self, environment: &EnvironmentName) {
        if std::fs::read_to_string(&self.hangs).is_ok_and(|hangs| hangs == environment.as_str()) {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl EnvironmentDriver for HangingDriver {
    fn is_local(&self) -> bool {
        self.driver.is_local()
    }

    async fn kept(&self) -> Result<Vec<EnvironmentName>, DriverError> {
        self.driver.kept().await
    }

    async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError> {
        self.driver.observe(environment).await
    }

    async fn bring(
        &self,
        spec: &ComponentSpec,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<(), DriverError> {
        self.answer(&spec.environment).await;
        self.driver.bring(spec, progress, stop).await
    }

    async fn end(
        &self,
        environment: &EnvironmentName,
        generation: i64,
        component: &ComponentName,
    ) -> Result<(), DriverError> {
        self.answer(environment).await;
        self.driver.end(environment, generation, component).await
    }

    async fn remove(&self, environment: &EnvironmentName, generation: i64) -> Result<(), DriverError> {
        self.answer(environment).await;
        self.driver.remove(environment, generation).await
    }

    async fn logs(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
        lines: usize,
    ) -> Result<Vec<String>, DriverError> {
        self.driver.logs(environment, component, lines).await
    }

    async fn log_of_failure(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
    ) -> Result<Vec<String>, DriverError> {
        self.driver.log_of_failure(environment, component).await
    }
}
