//! What an environment takes by itself: the newest versions of the branches that its components follow.

use std::collections::BTreeMap;

use serde::Serialize;

use super::artifact::{Artifact, Branch, BranchName, Digest};
use super::component::ComponentName;
use super::environment::{Follows, Revision, Selection, Selections};

/// What is known of the branch that a component follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Newest {
    /// Its newest version.
    Is(Artifact),
    /// The branch is gone; this is where the component goes instead.
    Gone(Artifact),
    /// It cannot be found out now.
    Unknown,
}

/// What an update would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The differences to the base.
    pub changes: Selections,
    /// Components whose branch is gone, with that branch.
    pub gone: BTreeMap<ComponentName, BranchName>,
}

/// One change of an update, as texts tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    component: ComponentName,
    from: String,
    to: String,
    subject: String,
}

impl Told {
    /// The change from one choice to another.
    pub fn of(from: &Selection, to: &Selection) -> Self {
        let component = to.artifact.component.clone();
        Self { component, from: from.told(), to: to.told(), subject: to.artifact.subject.clone() }
    }
}

impl std::fmt::Display for Told {
    /// `web main@1f3a → main@9c0d`, as the record keeps it.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {} → {}", self.component, self.from, self.to)
    }
}

impl Update {
    /// The changes to `base`, which they were made from.
    pub fn told(&self, base: &Revision) -> Vec<Told> {
        let one = |to: &Selection| base.selections.get(&to.artifact.component).map(|from| Told::of(from, to));
        self.changes.values().filter_map(one).collect()
    }
}

/// What the environment takes by itself. A version that is refused is not tried again; pinned components stay.
pub fn update(
    base: &Revision,
    refused: &BTreeMap<ComponentName, Digest>,
    newest: &BTreeMap<ComponentName, Newest>,
) -> Update {
    let mut update = Update::default();
    for (component, selection) in base.selections.iter().filter(|(_, selection)| selection.follows == Follows::Branch) {
        let artifact = match newest.get(component) {
            Some(Newest::Is(artifact)) => artifact,
            Some(Newest::Gone(artifact)) => {
                update.gone.insert(component.clone(), selection.artifact.branch.clone());
                artifact
            }
            Some(Newest::Unknown) | None => continue,
        };
        let is_same = artifact.digest == selection.artifact.digest && artifact.branch == selection.artifact.branch;
        if !is_same && refused.get(component) != Some(&artifact.digest) {
            let taken = Selection { artifact: artifact.clone(), follows: Follows::Branch };
            update.changes.insert(component.clone(), taken);
        } else {
            update.gone.remove(component);
        }
    }
    update
}

/// Where a component goes whose branch is gone: to the branch that it was renamed to, which holds the very same
/// version, else to the default branch.
pub fn successor<'b>(last: &Digest, default: &'b BranchName, branches: &'b [Branch]) -> &'b BranchName {
    let mut same = branches.iter().filter(|branch| branch.head == *last).map(|branch| &branch.name);
    match (same.next(), same.next()) {
        (Some(renamed), None) => renamed,
        _ => default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::domain::spec::EnvironmentName;

    fn artifact(branch: &str, digest: &str) -> Artifact {
        Artifact {
            component: ComponentName::new("web"),
            branch: BranchName::new(branch),
            digest: Digest::new(digest),
            label: digest.into(),
            subject: String::new(),
            made_at: Timestamp::ZERO,
        }
    }

    fn base(follows: Follows) -> Revision {
        let selection = Selection { artifact: artifact("main", "w1"), follows };
        Revision {
            environment: EnvironmentName::new("it"),
            number: 1,
            selections: [(ComponentName::new("web"), selection)].into(),
            by: String::new(),
            at: Timestamp::ZERO,
            why: String::new(),
            origin: None,
        }
    }

    /// One row a rule: follow or pin, what is refused, what is newest, what is taken.
    #[test]
    fn the_table_of_updates() {
        let web = || ComponentName::new("web");
        let rows = [
            (Follows::Branch, None, Newest::Is(artifact("main", "w1")), None),
            (Follows::Branch, None, Newest::Is(artifact("main", "w2")), Some("w2")),
            (Follows::Pinned, None, Newest::Is(artifact("main", "w2")), None),
            (Follows::Branch, Some("w2"), Newest::Is(artifact("main", "w2")), None),
            (Follows::Branch, Some("w2"), Newest::Is(artifact("main", "w3")), Some("w3")),
            (Follows::Branch, None, Newest::Gone(artifact("next", "w1")), Some("w1")),
            (Follows::Branch, None, Newest::Unknown, None),
        ];
        for (follows, refused, newest, taken) in rows {
            let refused = refused.map(|digest| (web(), Digest::new(digest))).into_iter().collect();
            let is_gone = matches!(newest, Newest::Gone(_));
            let told = format!("{follows:?} {newest:?}");
            let update = update(&base(follows), &refused, &[(web(), newest)].into());
            assert_eq!(update.changes.get(&web()).map(|taken| taken.artifact.digest.as_str()), taken, "{told}");
            assert_eq!(update.gone.contains_key(&web()), is_gone, "{told}");
        }
    }

    #[test]
    fn a_renamed_branch_is_followed_and_a_removed_one_left() {
        let branch = |name: &str, head: &str| Branch { name: BranchName::new(name), head: Digest::new(head) };
        let main = BranchName::new("main");
        let branches = [branch("main", "m1"), branch("new-name", "w1")];
        assert_eq!(successor(&Digest::new("w1"), &main, &branches).as_str(), "new-name");
        assert_eq!(successor(&Digest::new("gone"), &main, &branches), &main);
        let merged = [branch("main", "w1"), branch("other", "w1")];
        assert_eq!(successor(&Digest::new("w1"), &main, &merged), &main, "two hold it: no guess");
    }
}
