//! Which run of each component people are led to.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::key::Key;
use super::led::Led;
use super::run::Run;
use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;
use crate::ports::{Route, Routes};

/// The runs that are up. Read by every request, hence without a lock.
#[derive(Default)]
pub(super) struct Table {
    up: Led<Key, Run>,
}

impl Table {
    /// The run that is up.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Run>> {
        self.up.get(key)
    }

    /// All of an environment.
    pub(super) fn keys_of(&self, environment: &EnvironmentName) -> Vec<Key> {
        self.up.keys(|key| key.environment == *environment)
    }

    /// Leads people to `run`, and gives back the one they were led to.
    pub(super) fn put(&self, run: &Arc<Run>) -> Option<Arc<Run>> {
        self.up.put(&run.key, run)
    }

    /// Leads nobody to the component any more.
    pub(super) fn take(&self, key: &Key) -> Option<Arc<Run>> {
        self.up.take(key)
    }

    /// Leads nobody to this run any more; false when nobody was.
    pub(super) fn drop_run(&self, run: &Arc<Run>) -> bool {
        self.up.let_go(&run.key, run)
    }
}

impl Routes for Table {
    fn find(&self, environment: &EnvironmentName, component: &ComponentName) -> Option<Route> {
        let run = self.get(&Key::new(environment, component))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, run.record.port));
        Some(Route { address, open: Arc::clone(&run.open) })
    }

    fn known(&self) -> Vec<(EnvironmentName, ComponentName)> {
        let all = self.up.keys(|_| true);
        let mut known: Vec<_> = all.into_iter().map(|key| (key.environment, key.component)).collect();
        known.sort_unstable();
        known
    }
}
