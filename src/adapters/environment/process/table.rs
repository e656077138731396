//! Which run of each component people are led to.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::key::Key;
use super::run::Run;
use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;
use crate::ports::{Route, Routes};

/// The runs that are up. Read by every request, hence without a lock.
#[derive(Default)]
pub(super) struct Table {
    up: ArcSwap<HashMap<Key, Arc<Run>>>,
}

impl Table {
    /// The run that is up.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Run>> {
        self.up.load().get(key).cloned()
    }

    /// All of an environment.
    pub(super) fn keys_of(&self, environment: &EnvironmentName) -> Vec<Key> {
        self.up.load().keys().filter(|key| key.environment == *environment).cloned().collect()
    }

    /// Leads people to `run`, and gives back the one they were led to.
    pub(super) fn put(&self, run: &Arc<Run>) -> Option<Arc<Run>> {
        let before = self.up.rcu(|up| {
            let mut up = HashMap::clone(up);
            up.insert(run.key.clone(), Arc::clone(run));
            up
        });
        before.get(&run.key).cloned()
    }

    /// Leads nobody to the component any more.
    pub(super) fn take(&self, key: &Key) -> Option<Arc<Run>> {
        let before = self.up.rcu(|up| {
            let mut up = HashMap::clone(up);
            up.remove(key);
            up
        });
        before.get(key).cloned()
    }

    /// Leads nobody to this run any more; false when nobody was.
    pub(super) fn drop_run(&self, run: &Arc<Run>) -> bool {
        let is_it = |up: &HashMap<Key, Arc<Run>>| up.get(&run.key).is_some_and(|other| Arc::ptr_eq(other, run));
        let before = self.up.rcu(|up| {
            let mut up = HashMap::clone(up);
            if is_it(&up) {
                up.remove(&run.key);
            }
            up
        });
        is_it(&before)
    }
}

impl Routes for Table {
    fn find(&self, environment: &EnvironmentName, component: &ComponentName) -> Option<Route> {
        let run = self.get(&Key::new(environment, component))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, run.record.port));
        Some(Route { address, open: Arc::clone(&run.open) })
    }

    fn known(&self) -> Vec<(EnvironmentName, ComponentName)> {
        let mut known: Vec<_> =
            self.up.load().keys().map(|key| (key.environment.clone(), key.component.clone())).collect();
        known.sort_unstable();
        known
    }
}
