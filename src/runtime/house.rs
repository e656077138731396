//! The parts that everybody at work shares.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures::future::BoxFuture;

use crate::domain::project::Project;
use crate::domain::{ChatName, EventId, Timestamp, WorkerId};
use crate::policy::Rules;
use crate::ports::{ArtifactSource, ChatAdapter, Clock, EnvironmentDriver, Ids};
use crate::skills::Study;
use crate::skills::host::Skills;
use crate::store::{Store, StoreError, Tx};

/// How iterations are kept.
#[derive(Clone, Debug)]
pub struct Iterations {
    /// The chat that keeps their rooms.
    pub chat: ChatName,
    /// How their rooms are named: `{key}` and `{project}` stand for the iteration's.
    pub room_name: String,
}

/// A handle on all parts; cheap to clone.
#[derive(Clone)]
pub struct House {
    /// The ledger.
    pub store: Store,
    /// The chats, by name.
    pub chats: Arc<HashMap<ChatName, Arc<dyn ChatAdapter>>>,
    /// The rights in force.
    pub rules: Arc<ArcSwap<Rules>>,
    /// The commands and texts in force.
    pub skills: Arc<ArcSwap<Skills>>,
    /// How iterations are kept.
    pub iterations: Arc<Iterations>,
    /// What they work on.
    pub project: Arc<Project>,
    /// Where versions come from.
    pub source: Arc<dyn ArtifactSource>,
    /// Where environments run.
    pub driver: Arc<dyn EnvironmentDriver>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl House {
    /// What one event is decided by: a snapshot, so that it sees one version of everything.
    pub(super) fn study(&self, event: &EventId) -> Study {
        Study {
            rules: self.rules.load_full(),
            skills: self.skills.load_full(),
            store: self.store.clone(),
            now: self.clock.now(),
            event: event.clone(),
            project: self.project.clone(),
            source: self.source.clone(),
            room_chat: self.iterations.chat.clone(),
        }
    }

    /// Claims what is open and in nobody's hand, all of it. At the `first` look of a process that has the database to
    /// itself, claims that still hold are of the dead.
    pub(super) async fn take_over<T, C>(&self, first: bool, claim: C) -> Vec<T>
    where
        T: Send + 'static,
        C: for<'t> Fn(&'t mut Tx<'_>, &'t WorkerId, Timestamp, Timestamp) -> BoxFuture<'t, Result<Vec<T>, StoreError>>
            + Copy
            + Send
            + 'static,
    {
        let now = self.clock.now();
        let over = if first && self.store.is_alone() { Timestamp::from_millis(i64::MAX) } else { now };
        let mut taken = Vec::new();
        loop {
            let worker = self.store.worker().clone();
            let claimed =
                self.store.write(move |tx| Box::pin(async move { claim(tx, &worker, now, over).await })).await;
            match claimed {
                Ok(rows) if rows.is_empty() => return taken,
                Ok(rows) => taken.extend(rows),
                Err(cause) => {
                    tracing::error!(error = %cause, "cannot look for open work");
                    return taken;
                }
            }
        }
    }
}
