//! The parts that everybody at work shares.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::known::Known;
use crate::domain::component::RepositoryName;
use crate::domain::project::Project;
use crate::domain::{ChatName, EventId, Timestamp};
use crate::event::Raw;
use crate::policy::Rules;
use crate::ports::{ArtifactSource, ChatAdapter, Clock, EnvironmentDriver, Ids};
use crate::reactions::{Ground, Updates};
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

/// How environments are kept.
#[derive(Clone, Debug)]
pub struct Upkeep {
    /// How newer versions are taken.
    pub updates: Updates,
    /// How long an environment goes without a look when nothing hints at a change.
    pub check_every: Duration,
    /// How long a machine was not heard of before what runs there is not known any more.
    pub lost_after: Duration,
    /// How long each repository does.
    pub polls: BTreeMap<RepositoryName, Duration>,
}

/// A handle on all parts; cheap to clone.
#[derive(Clone)]
pub struct House {
    /// The ledger.
    pub store: Store,
    /// The chats, by name.
    pub chats: Arc<HashMap<ChatName, Arc<dyn ChatAdapter>>>,
    /// Whose people are known.
    pub known: Known,
    /// The rights in force.
    pub rules: Arc<ArcSwap<Rules>>,
    /// The commands and texts in force.
    pub skills: Arc<ArcSwap<Skills>>,
    /// How iterations are kept.
    pub iterations: Arc<Iterations>,
    /// How environments are kept.
    pub upkeep: Arc<Upkeep>,
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
        self.study_of(raw.id.clone(), raw.received_at)
    }

    /// The same, for what came at this moment.
    pub(super) fn study_of(&self, event: EventId, said_at: Timestamp) -> Study {
        Study {
            rules: self.rules.load_full(),
            skills: self.skills.load_full(),
            store: self.store.clone(),
            now: self.clock.now(),
            event,
            said_at,
            project: self.project.clone(),
            source: self.source.clone(),
            room_chat: self.iterations.chat.clone(),
            driver: self.driver.clone(),
        }
    }

    /// What one event that nobody said is decided by.
    pub(super) fn ground(&self, raw: &Raw) -> Ground {
        Ground {
            rules: self.rules.load_full(),
            templates: self.skills.load().templates.clone(),
            store: self.store.clone(),
            project: self.project.clone(),
            source: self.source.clone(),
            driver: self.driver.clone(),
            clock: self.clock.clone(),
            updates: self.upkeep.updates,
            event: raw.id.clone(),
            now: self.clock.now(),
        }
    }
}
