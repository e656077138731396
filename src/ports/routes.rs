//! Which address leads to which process: set by the process driver, read by the proxy.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;

/// A way to a component that is up, and how many requests are under way on it.
#[derive(Clone, Debug)]
pub struct Route {
    /// Where it listens.
    pub address: SocketAddr,
    /// Requests whose body has not ended.
    pub open: Arc<AtomicUsize>,
}

impl Route {
    /// How many requests are under way.
    pub fn count_open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

/// The ways to all components.
pub trait Routes: Send + Sync {
    /// The way to a component, if it is up.
    fn find(&self, environment: &EnvironmentName, component: &ComponentName) -> Option<Route>;

    /// The components of all environments that are up, for a page that names them.
    fn known(&self) -> Vec<(EnvironmentName, ComponentName)>;
}
