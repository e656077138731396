//! An environment driver that keeps its own truth, fails when told to, and can be held in the middle of a start.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::domain::component::ComponentName;
use chamberlain::domain::spec::{ComponentSpec, EnvironmentName, Seen, SeenState};
use chamberlain::ports::{DriverError, EnvironmentDriver, Progress, Route, Routes};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// What runs, and what goes wrong.
#[derive(Default)]
pub struct State {
    /// What is up, by environment and component.
    pub up: BTreeMap<(String, String), ComponentSpec>,
    /// Components that fail to become healthy, by version.
    pub sick: Vec<String>,
    /// Every start, in order: `web@p1`.
    pub starts: Vec<String>,
}

/// The driver.
pub struct FakeDriver {
    state: Mutex<State>,
    gate: Semaphore,
}

impl Default for FakeDriver {
    fn default() -> Self {
        Self { state: Mutex::default(), gate: Semaphore::new(Semaphore::MAX_PERMITS) }
    }
}

impl FakeDriver {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Holds every start from now on.
    pub fn hold(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets the held starts go on.
    pub fn go_on(&self) {
        self.gate.add_permits(1000);
    }

    /// What is up in an environment: `api@a1 web@p1`.
    pub fn running(&self, environment: &str) -> String {
        let state = self.state();
        let up = state.up.iter().filter(|((own, _), _)| own == environment);
        up.map(|((_, component), spec)| format!("{component}@{}", spec.digest)).collect::<Vec<_>>().join(" ")
    }
}

#[async_trait]
impl EnvironmentDriver for FakeDriver {
    async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError> {
        let state = self.state();
        let up = state.up.values().filter(|spec| spec.environment == *environment);
        let seen = |spec: &ComponentSpec| Seen {
            component: spec.component.clone(),
            state: SeenState::Up { digest: spec.digest.clone(), hash: spec.hash.clone(), since: Timestamp::ZERO },
        };
        Ok(up.map(seen).collect())
    }

    async fn bring(
        &self,
        spec: &ComponentSpec,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<(), DriverError> {
        progress.stage("start");
        tokio::select! {
            permit = self.gate.acquire() => permit.unwrap().forget(),
            () = stop.cancelled() => return Err(DriverError::Stopped),
        }
        let mut state = self.state();
        state.starts.push(format!("{}@{}", spec.component, spec.digest));
        if state.sick.iter().any(|sick| *sick == spec.digest.as_str()) {
            return Err(DriverError::Failed {
                stage: "health",
                why: "it was not healthy within 5 s".into(),
                log: vec!["starting".into(), "<b>cannot</b> reach the database".into()],
            });
        }
        state.up.insert((spec.environment.to_string(), spec.component.to_string()), spec.clone());
        Ok(())
    }

    async fn end(&self, environment: &EnvironmentName, _: i64, component: &ComponentName) -> Result<(), DriverError> {
        self.state().up.remove(&(environment.to_string(), component.to_string()));
        Ok(())
    }

    async fn remove(&self, environment: &EnvironmentName, _: i64) -> Result<(), DriverError> {
        self.state().up.retain(|(own, _), _| own != environment.as_str());
        Ok(())
    }

    async fn logs(&self, _: &EnvironmentName, _: &ComponentName, _: usize) -> Result<Vec<String>, DriverError> {
        Ok(vec![])
    }
}

impl Routes for FakeDriver {
    fn find(&self, _: &EnvironmentName, _: &ComponentName) -> Option<Route> {
        None
    }

    fn known(&self) -> Vec<(EnvironmentName, ComponentName)> {
        vec![]
    }
}
