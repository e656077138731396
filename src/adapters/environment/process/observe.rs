//! What is seen of a component now.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use super::failure::disk;
use super::health;
use super::inner::Inner;
use super::key::Key;
use super::run::Run;
use crate::domain::spec::{EnvironmentName, Seen, SeenState, SpecHash};
use crate::ports::DriverError;

/// A run that answered within this time is up, though it does not answer just now: it may be busy.
pub(super) const STILL_UP: Duration = Duration::from_secs(5);

/// The hash of a run whose files somebody changed: it is like no spec any more.
const CHANGED: &str = "changed";

impl Inner {
    /// All components of the environment that have a folder.
    pub(super) async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError> {
        let keys = self.keys_of(environment)?;
        Ok(join_all(keys.into_iter().map(|key| self.look(key))).await)
    }

    /// The components that run, and those that left a folder.
    pub(super) fn keys_of(&self, environment: &EnvironmentName) -> Result<BTreeSet<Key>, DriverError> {
        self.grounds.environment(environment)?;
        let laid_out = self.grounds.of(environment).map_err(disk("the environment's folder cannot be read"))?;
        Ok(laid_out.into_iter().chain(self.table.keys_of(environment)).collect())
    }

    async fn look(&self, key: Key) -> Seen {
        let state = match self.table.get(&key) {
            // Whoever looks shall look again: the swap is over when the old one is gone.
            Some(run) if self.unfinished(&key).is_some_and(|other| !Arc::ptr_eq(&run, &other)) => SeenState::Starting,
            Some(run) => self.state_of(&run).await,
            None if self.unfinished(&key).is_some_and(|run| !run.ended.is_cancelled()) => SeenState::Starting,
            None => SeenState::Missing,
        };
        Seen { component: key.component, state }
    }

    async fn state_of(&self, run: &Run) -> SeenState {
        let answers = health::is_healthy(&self.client, run).await || run.answered_within(STILL_UP);
        if run.ended.is_cancelled() || !run.identity.lives() {
            SeenState::Missing
        } else if answers {
            let hash = if run.is_unchanged() { run.record.hash.clone() } else { SpecHash::new(CHANGED) };
            SeenState::Up { digest: run.record.digest.clone(), hash, since: run.record.since }
        } else if self.settings.clock.now().since(run.record.since) < run.record.start_limit {
            SeenState::Starting
        } else {
            SeenState::Broken { why: format!("it runs, but does not answer 200 at `{}`", run.record.health_path) }
        }
    }
}
