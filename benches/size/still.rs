//! An environment driver whose components come up at once and stay as they are.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::domain::component::ComponentName;
use chamberlain::domain::spec::{ComponentSpec, EnvironmentName, Seen, SeenState};
use chamberlain::ports::{DriverError, EnvironmentDriver, Progress, Route, Routes};
use tokio_util::sync::CancellationToken;

/// The driver. What is up outlives it only within this process.
#[derive(Default)]
pub(super) struct StillDriver {
    up: Mutex<HashMap<EnvironmentName, Vec<Seen>>>,
}

#[async_trait]
impl EnvironmentDriver for StillDriver {
    fn is_local(&self) -> bool {
        true
    }

    async fn kept(&self) -> Result<Vec<EnvironmentName>, DriverError> {
        Ok(self.up.lock().unwrap().keys().cloned().collect())
    }

    async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError> {
        Ok(self.up.lock().unwrap().get(environment).cloned().unwrap_or_default())
    }

    async fn bring(
        &self,
        spec: &ComponentSpec,
        progress: &dyn Progress,
        _: &CancellationToken,
    ) -> Result<(), DriverError> {
        progress.stage("start");
        let (digest, hash) = (spec.digest.clone(), spec.hash.clone());
        let state = SeenState::Up { digest, hash, since: Timestamp::ZERO };
        let mut up = self.up.lock().unwrap();
        let seen = up.entry(spec.environment.clone()).or_default();
        seen.retain(|seen| seen.component != spec.component);
        seen.push(Seen { component: spec.component.clone(), state });
        Ok(())
    }

    async fn end(&self, environment: &EnvironmentName, _: i64, component: &ComponentName) -> Result<(), DriverError> {
        if let Some(seen) = self.up.lock().unwrap().get_mut(environment) {
            seen.retain(|seen| seen.component != *component);
        }
        Ok(())
    }

    async fn remove(&self, environment: &EnvironmentName, _: i64) -> Result<(), DriverError> {
        self.up.lock().unwrap().remove(environment);
        Ok(())
    }

    async fn logs(&self, _: &EnvironmentName, _: &ComponentName, _: usize) -> Result<Vec<String>, DriverError> {
        Ok(Vec::new())
    }

    async fn log_of_failure(&self, _: &EnvironmentName, _: &ComponentName) -> Result<Vec<String>, DriverError> {
        Ok(Vec::new())
    }
}

impl Routes for StillDriver {
    fn find(&self, _: &EnvironmentName, _: &ComponentName) -> Option<Route> {
        None
    }

    fn known(&self) -> Vec<(EnvironmentName, ComponentName)> {
        Vec::new()
    }
}
