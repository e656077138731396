//! An environment driver that keeps its own truth, fails when told to, and can be held in the middle of a start.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::domain::artifact::Digest;
use chamberlain::domain::component::ComponentName;
use chamberlain::domain::spec::{ComponentSpec, EnvironmentName, Seen, SeenState, SpecHash};
use chamberlain::ports::{DriverError, EnvironmentDriver, Progress, Route, Routes};
use tokio::sync::{Notify, Semaphore};
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
    /// How many starts came as far as the gate.
    pub asked: usize,
    /// Components that are not seen up or gone yet.
    pub coming: Vec<String>,
    /// It does not answer.
    pub is_lost: bool,
    /// Why nothing can be removed.
    pub stuck: Option<String>,
    /// The newest life of each environment.
    pub generations: BTreeMap<String, i64>,
    /// What components wrote, by name.
    pub logs: BTreeMap<String, Vec<String>>,
    /// The whole logs of failed tries, by component.
    pub failures: BTreeMap<String, Vec<String>>,
    /// Whether reading a log never ends.
    pub is_mute: bool,
    /// The ways to components that answer, by environment and component.
    pub ways: BTreeMap<(String, String), Route>,
}

impl State {
    fn answer(&self) -> Result<(), DriverError> {
        if !self.is_lost {
            return Ok(());
        }
        Err(DriverError::Busy { after: None, why: "nobody answers".into() })
    }

    /// Refuses what comes too late.
    fn admit(&mut self, environment: &EnvironmentName, generation: i64) -> Result<(), DriverError> {
        let newest = self.generations.entry(environment.to_string()).or_insert(generation);
        if generation < *newest {
            return Err(DriverError::Outdated);
        }
        *newest = generation;
        Ok(())
    }
}

/// The driver.
pub struct FakeDriver {
    state: Mutex<State>,
    gate: Semaphore,
    moved: Notify,
    /// Somebody reads a log.
    pub log_asked: Notify,
}

impl Default for FakeDriver {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            moved: Notify::new(),
            log_asked: Notify::new(),
        }
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

    /// Holds every start from now on but the first so many.
    pub fn hold_after(&self, starts: usize) {
        self.hold();
        self.gate.add_permits(starts);
    }

    /// Waits until something is so after something came to the gate or was removed.
    pub async fn until(&self, is_so: impl Fn(&State) -> bool) {
        let seen = async {
            loop {
                let moved = self.moved.notified();
                if is_so(&self.state()) {
                    return;
                }
                moved.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap_or_else(|_| panic!("it is never so"));
    }

    /// Lets the held starts go on.
    pub fn go_on(&self) {
        self.gate.add_permits(1000);
    }

    /// A component answers at an address.
    pub fn leads_to(&self, (environment, component): (&str, &str), address: SocketAddr) {
        let way = Route { address, open: Arc::default() };
        self.state().ways.insert((environment.into(), component.into()), way);
    }

    /// A component ends by itself.
    pub fn end_by_itself(&self, environment: &str, component: &str) {
        self.state().up.remove(&(environment.into(), component.into())).unwrap();
    }

    /// Somebody changes a component past us.
    pub fn change(&self, environment: &str, component: &str) {
        let mut state = self.state();
        let spec = state.up.get_mut(&(environment.into(), component.into())).unwrap();
        (spec.digest, spec.hash) = (Digest::new("x9"), SpecHash::new("changed"));
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
    fn is_local(&self) -> bool {
        true
    }

    async fn kept(&self) -> Result<Vec<EnvironmentName>, DriverError> {
        let mut names: Vec<_> = self.state().up.keys().map(|(name, _)| EnvironmentName::new(name.as_str())).collect();
        names.dedup();
        Ok(names)
    }

    async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError> {
        let state = self.state();
        state.answer()?;
        let up = state.up.values().filter(|spec| spec.environment == *environment);
        let seen = |spec: &ComponentSpec| Seen {
            component: spec.component.clone(),
            state: if state.coming.iter().any(|coming| *coming == spec.component.as_str()) {
                SeenState::Starting
            } else {
                SeenState::Up { digest: spec.digest.clone(), hash: spec.hash.clone(), since: Timestamp::ZERO }
            },
        };
        Ok(up.map(seen).collect())
    }

    async fn bring(
        &self,
        spec: &ComponentSpec,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<(), DriverError> {
        self.state().admit(&spec.environment, spec.generation)?;
        progress.stage("start");
        self.state().asked += 1;
        self.moved.notify_waiters();
        tokio::select! {
            permit = self.gate.acquire() => permit.unwrap().forget(),
            () = stop.cancelled() => return Err(DriverError::Stopped),
        }
        let mut state = self.state();
        state.answer()?;
        state.admit(&spec.environment, spec.generation)?;
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

    async fn remove(&self, environment: &EnvironmentName, generation: i64) -> Result<(), DriverError> {
        self.state().admit(environment, generation)?;
        if let Some(why) = self.state().stuck.clone() {
            return Err(DriverError::Failed { stage: "remove", why, log: vec![] });
        }
        self.state().up.retain(|(own, _), _| own != environment.as_str());
        self.moved.notify_waiters();
        Ok(())
    }

    async fn logs(
        &self,
        _: &EnvironmentName,
        component: &ComponentName,
        lines: usize,
    ) -> Result<Vec<String>, DriverError> {
        self.log_asked.notify_one();
        if self.state().is_mute {
            std::future::pending::<()>().await;
        }
        let written = self.state().logs.get(component.as_str()).cloned().unwrap_or_default();
        Ok(written[written.len().saturating_sub(lines)..].to_vec())
    }

    async fn log_of_failure(&self, _: &EnvironmentName, component: &ComponentName) -> Result<Vec<String>, DriverError> {
        self.state().answer()?;
        Ok(self.state().failures.get(component.as_str()).cloned().unwrap_or_default())
    }
}

impl Routes for FakeDriver {
    fn find(&self, environment: &EnvironmentName, component: &ComponentName) -> Option<Route> {
        self.state().ways.get(&(environment.to_string(), component.to_string())).cloned()
    }

    fn known(&self) -> Vec<(EnvironmentName, ComponentName)> {
        vec![]
    }
}
