//! How the next revision is made of the ones before it.

use super::component::ComponentName;
use super::environment::{Environment, Origin, Revision, Selection, Selections, Wish};
use super::person::Actor;
use super::{Refusal, Timestamp};

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

/// Who chose, and why.
#[derive(Clone, Debug)]
pub struct Choice<'c> {
    /// Who.
    pub by: &'c Actor,
    /// Why.
    pub why: String,
    /// The message that asked for it.
    pub origin: Option<Origin>,
    /// When.
    pub now: Timestamp,
}

/// Makes the next revision: `changes` over the base, over the defaults.
///
/// # Errors
/// A component that nothing gives a version for, or a result that is what runs already.
pub fn revise(basis: &Basis<'_>, changes: &Selections, choice: Choice<'_>) -> Result<Revision, Refusal> {
    let mut selections = offered(basis, changes);
    selections.retain(|component, _| basis.components.contains(component));
    if let Some(missing) = basis.components.iter().find(|component| !selections.contains_key(component)) {
        return Err(Refusal::NothingToDeploy { component: missing.to_string() });
    }
    // What was removed comes back with what it had.
    let is_there = !matches!(basis.environment.wish, Wish::Absent { .. });
    if is_there && basis.base.is_some_and(|base| base.selections == selections) {
        return Err(Refusal::NothingChanges { environment: basis.environment.name.to_string() });
    }
    Ok(Revision {
        environment: basis.environment.name.clone(),
        number: basis.newest + 1,
        selections,
        by: choice.by.to_string(),
        at: choice.now,
        why: choice.why,
        origin: choice.origin,
    })
}

/// What would run if `changes` were deployed now.
pub fn offered(basis: &Basis<'_>, changes: &Selections) -> Selections {
    let named = |selection: &Selection| (selection.artifact.component.clone(), selection.clone());
    let mut selections: Selections = basis.defaults.iter().map(named).collect();
    if let Some(base) = basis.base {
        selections.extend(base.selections.clone());
    }
    selections.extend(changes.clone());
    selections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PersonId;
    use crate::domain::artifact::{Artifact, BranchName, Digest};
    use crate::domain::environment::Follows;
    use crate::domain::iteration::IterationKey;

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

    fn changes(selections: &[Selection]) -> Selections {
        selections.iter().map(|s| (s.artifact.component.clone(), s.clone())).collect()
    }

    #[test]
    fn a_revision_is_the_changes_over_the_base_over_the_defaults() {
        let environment = Environment::of_iteration(&IterationKey::new("it"));
        let components = [ComponentName::new("web"), ComponentName::new("api")];
        let defaults = [selection("web", "d1"), selection("api", "d2")];
        let mut basis =
            Basis { environment: &environment, base: None, newest: 0, defaults: &defaults, components: &components };
        let ana = Actor::Person(PersonId::new("ana"));
        let by = || Choice { by: &ana, why: "deploy".into(), origin: None, now: Timestamp::ZERO };
        let first = revise(&basis, &changes(&[selection("web", "c1")]), by()).unwrap();
        assert_eq!(first.number, 1);
        assert_eq!(first.selections, changes(&[selection("web", "c1"), selection("api", "d2")]));
        basis = Basis { base: Some(&first), newest: 4, ..basis };
        assert!(matches!(revise(&basis, &Selections::new(), by()), Err(Refusal::NothingChanges { .. })));
        let next = revise(&basis, &changes(&[selection("api", "c2")]), by()).unwrap();
        assert_eq!((next.number, next.selections.len()), (5, 2));
        basis = Basis { base: None, defaults: &defaults[..1], ..basis };
        assert!(matches!(revise(&basis, &Selections::new(), by()), Err(Refusal::NothingToDeploy { .. })));
    }
}
