//! An environment: the record of what was chosen for it, the draft of what is being chosen, and what was seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::artifact::{Artifact, BranchName, Digest};
use super::component::ComponentName;
use super::hold::Hold;
use super::iteration::IterationKey;
use super::repair::Repair;
use super::spec::{EnvironmentName, Seen, SeenState};
use super::{HomeId, MessageId, RoomId, Timestamp};

/// What runs, by component.
pub type Selections = BTreeMap<ComponentName, Selection>;

/// The environment of an iteration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its name, the same as its iteration's key.
    pub name: EnvironmentName,
    /// Which life of it this is.
    pub generation: i64,
    /// What should be there.
    pub wish: Wish,
    /// What was seen of it last.
    pub seen: Vec<Seen>,
    /// When that was.
    pub seen_at: Option<Timestamp>,
    /// How often something else was seen than the time before: the number of the newest observation.
    pub observation: i64,
    /// What is being chosen.
    pub draft: Draft,
    /// Why it takes no newer versions by itself for now.
    pub hold: Option<Hold>,
    /// Versions that are not taken by themselves: an update to them failed, or a person went back from them.
    pub refused: BTreeMap<ComponentName, Digest>,
    /// Components that ended by themselves lately, and how often they were started again.
    pub repairs: BTreeMap<ComponentName, Repair>,
    /// Where it runs, once it does, if it belongs to a machine.
    pub home: Option<HomeId>,
    /// Since when nobody hears of that machine: nothing is known of what runs there.
    pub lost_at: Option<Timestamp>,
}

/// What should be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Nothing was deployed yet.
    #[default]
    Undecided,
    /// This revision.
    Present(i64),
    /// Nothing: it was removed. Its last revision is what it would come back with.
    Absent {
        /// The revision that was wished last.
        last: i64,
    },
}

impl Wish {
    /// The revision that should run, if one should.
    pub fn present(self) -> Option<i64> {
        match self {
            Self::Present(revision) => Some(revision),
            Self::Undecided | Self::Absent { .. } => None,
        }
    }

    /// The revision that was wished last: what differences are laid over.
    pub fn last(self) -> Option<i64> {
        match self {
            Self::Present(revision) | Self::Absent { last: revision } => Some(revision),
            Self::Undecided => None,
        }
    }
}

/// What was chosen once: never changed, only followed by the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Of which environment.
    pub environment: EnvironmentName,
    /// Counted from 1.
    pub number: i64,
    /// What runs.
    pub selections: Selections,
    /// Who chose it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why: the command's words, or what came of itself.
    pub why: String,
    /// The message that asked for it; none when nobody did.
    pub origin: Option<Origin>,
}

/// A message that something was asked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where it stands.
    pub room: RoomId,
    /// Which.
    pub message: MessageId,
}

/// One component's choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The version.
    pub artifact: Artifact,
    /// Whether newer ones of its branch are taken.
    pub follows: Follows,
}

/// Whether newer artifacts of the branch are taken by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follows {
    /// They are.
    Branch,
    /// This version stays.
    Pinned,
}

/// What is being chosen: only the differences to what runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Raised by every change of it, and by every revision that a person makes: the guard of *Deploy*.
    pub version: i64,
    /// The differences.
    pub changes: Selections,
}

impl Environment {
    /// The environment of an iteration, before anything was deployed.
    pub fn of_iteration(iteration: &IterationKey) -> Self {
        Self {
            name: EnvironmentName::new(iteration.as_str()),
            generation: 1,
            wish: Wish::Undecided,
            seen: Vec::new(),
            seen_at: None,
            observation: 0,
            draft: Draft::default(),
            hold: None,
            refused: BTreeMap::new(),
            repairs: BTreeMap::new(),
            home: None,
            lost_at: None,
        }
    }

    /// The iteration it belongs to.
    pub fn iteration(&self) -> IterationKey {
        IterationKey::new(self.name.as_str())
    }

    /// How a component was seen last.
    pub fn seen_of(&self, component: &ComponentName) -> Option<&SeenState> {
        self.seen.iter().find(|seen| seen.component == *component).map(|seen| &seen.state)
    }

    /// What was seen running, by component, in the words of the revisions that chose it.
    pub fn runs(&self, known: &[Revision]) -> BTreeMap<ComponentName, String> {
        let one = |seen: &Seen| match &seen.state {
            SeenState::Up { digest, .. } => Some((seen.component.clone(), version(known, &seen.component, digest))),
            SeenState::Missing | SeenState::Starting | SeenState::Broken { .. } => None,
        };
        self.seen.iter().filter_map(one).collect()
    }

    /// The environment with a choice added to its draft.
    #[must_use]
    pub fn choosing(mut self, changes: impl IntoIterator<Item = Selection>) -> Self {
        for selection in changes {
            self.draft.changes.insert(selection.artifact.component.clone(), selection);
        }
        self.draft.version += 1;
        self
    }
}

impl Selection {
    /// `feature/pay@9c0d1e2`, as cards and texts name it.
    pub fn told(&self) -> String {
        told(&self.artifact.branch, &self.artifact.label)
    }
}

/// A version in the words of the revisions that chose it; else the start of its digest.
pub fn version(known: &[Revision], component: &ComponentName, digest: &Digest) -> String {
    let mut chosen = known.iter().filter_map(|revision| revision.selections.get(component));
    chosen.find(|selection| selection.artifact.digest == *digest).map_or_else(|| digest.short(), Selection::told)
}

fn told(branch: &BranchName, label: &str) -> String {
    format!("{branch}@{label}")
}
