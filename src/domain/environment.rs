//! An environment: the record of what was chosen for it, the draft of what is being chosen, and what was seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::artifact::{Artifact, BranchName};
use super::component::ComponentName;
use super::iteration::IterationKey;
use super::person::Actor;
use super::spec::{EnvironmentName, Seen, SeenState};
use super::{Refusal, Timestamp};

/// The environment of an iteration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its name, the same as its iteration's key.
    pub name: EnvironmentName,
    /// Which life of it this is.
    pub generation: i64,
    /// The revision that should run; none before the first deployment.
    pub wished: Option<i64>,
    /// What was seen of it last.
    pub seen: Vec<Seen>,
    /// When that was.
    pub seen_at: Option<Timestamp>,
    /// What is being chosen.
    pub draft: Draft,
}

/// What was chosen once: never changed, only followed by the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Of which environment.
    pub environment: EnvironmentName,
    /// Counted from 1.
    pub number: i64,
    /// What runs, by component.
    pub selections: BTreeMap<ComponentName, Selection>,
    /// Who chose it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, in a few words: `deploy`, `first deployment`.
    pub why: String,
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
    pub changes: BTreeMap<ComponentName, Selection>,
}

impl Environment {
    /// The environment of an iteration, before anything was deployed.
    pub fn of_iteration(iteration: &IterationKey) -> Self {
        Self {
            name: EnvironmentName::new(iteration.as_str()),
            generation: 1,
            wished: None,
            seen: Vec::new(),
            seen_at: None,
            draft: Draft::default(),
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

/// What a revision is made from.
#[derive(Clone, Debug)]
pub struct Basis<'b> {
    /// The environment.
    pub environment: &'b Environment,
    /// The revision that the differences are laid over, if there is one.
    pub base: Option<&'b Revision>,
    /// The newest number given so far.
    pub newest: i64,
    /// What a component runs that nobody chose yet: the default branch's newest, as far as it could be found.
    pub defaults: &'b [Selection],
    /// All components of the project.
    pub components: &'b [ComponentName],
}

/// Makes the next revision: `changes` over the base, over the defaults.
///
/// # Errors
/// A component that nothing gives a version for, or a result that is what runs already.
pub fn revise(
    basis: &Basis<'_>,
    changes: &BTreeMap<ComponentName, Selection>,
    (by, why, now): (&Actor, &str, Timestamp),
) -> Result<Revision, Refusal> {
    let mut selections = offered(basis, changes);
    selections.retain(|component, _| basis.components.contains(component));
    if let Some(missing) = basis.components.iter().find(|component| !selections.contains_key(component)) {
        return Err(Refusal::NothingToDeploy { component: missing.to_string() });
    }
    if basis.base.is_some_and(|base| base.selections == selections) {
        return Err(Refusal::NothingChanges { environment: basis.environment.name.to_string() });
    }
    Ok(Revision {
        environment: basis.environment.name.clone(),
        number: basis.newest + 1,
        selections,
        by: by.to_string(),
        at: now,
        why: why.to_owned(),
    })
}

/// What would run if `changes` were deployed now.
pub fn offered(basis: &Basis<'_>, changes: &BTreeMap<ComponentName, Selection>) -> BTreeMap<ComponentName, Selection> {
    let named = |selection: &Selection| (selection.artifact.component.clone(), selection.clone());
    let mut selections: BTreeMap<_, _> = basis.defaults.iter().map(named).collect();
    if let Some(base) = basis.base {
        selections.extend(base.selections.clone());
    }
    selections.extend(changes.clone());
    selections
}

impl Selection {
    /// `feature/pay@9c0d1e2`, as cards and texts name it.
    pub fn told(&self) -> String {
        told(&self.artifact.branch, &self.artifact.label)
    }
}

fn told(branch: &BranchName, label: &str) -> String {
    format!("{branch}@{label}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PersonId;
    use crate::domain::artifact::Digest;

    fn selection(component: &str, label: &str) -> Selection {
        Selection {
            artifact: Artifact {
                component: ComponentName::new(component),
                branch: BranchName::new("main"),
                digest: Digest::new(format!("digest of {label}")),
                label: label.into(),
                subject: String::new(),
                made_at: Timestamp::ZERO,
            },
            follows: Follows::Branch,
        }
    }

    fn changes(selections: &[Selection]) -> BTreeMap<ComponentName, Selection> {
        selections.iter().map(|s| (s.artifact.component.clone(), s.clone())).collect()
    }

    #[test]
    fn a_revision_is_the_changes_over_the_base_over_the_defaults() {
        let environment = Environment::of_iteration(&IterationKey::new("it"));
        let components = [ComponentName::new("web"), ComponentName::new("api")];
        let defaults = [selection("web", "d1"), selection("api", "d2")];
        let mut basis =
            Basis { environment: &environment, base: None, newest: 0, defaults: &defaults, components: &components };
        let by = (&Actor::Person(PersonId::new("ana")), "deploy", Timestamp::ZERO);
        let first = revise(&basis, &changes(&[selection("web", "c1")]), by).unwrap();
        assert_eq!(first.number, 1);
        assert_eq!(first.selections, changes(&[selection("web", "c1"), selection("api", "d2")]));
        basis = Basis { base: Some(&first), newest: 4, ..basis };
        assert!(matches!(revise(&basis, &BTreeMap::new(), by), Err(Refusal::NothingChanges { .. })));
        let next = revise(&basis, &changes(&[selection("api", "c2")]), by).unwrap();
        assert_eq!((next.number, next.selections.len()), (5, 2));
        basis = Basis { base: None, defaults: &defaults[..1], ..basis };
        assert!(matches!(revise(&basis, &BTreeMap::new(), by), Err(Refusal::NothingToDeploy { .. })));
    }
}
