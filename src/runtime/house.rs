//! The parts that everybody at work shares.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::domain::ChatName;
use crate::domain::project::Project;
use crate::event::Raw;
use crate::policy::Rules;
use crate::ports::{ArtifactSource, ChatAdapter, Clock, EnvironmentDriver, Ids};
use crate::skills::Study;
use crate::skills::host::Skills;
use crate::store::Store;

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
    pub(super) fn study(&self, raw: &Raw) -> Study {
        Study {
            rules: self.rules.load_full(),
            skills: self.skills.load_full(),
            store: self.store.clone(),
            now: self.clock.now(),
            event: raw.id.clone(),
            said_at: raw.received_at,
            project: self.project.clone(),
            source: self.source.clone(),
            room_chat: self.iterations.chat.clone(),
        }
    }
}
