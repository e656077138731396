//! What differs between two choices, component by component.

use std::collections::BTreeSet;

use super::component::ComponentName;
use super::environment::{Follows, Selection, Selections};

/// What became of one component's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference<'d> {
    /// Which component.
    pub component: &'d ComponentName,
    /// What was chosen; none when it was not there.
    pub from: Option<&'d Selection>,
    /// What is chosen; none when it is gone.
    pub to: Option<&'d Selection>,
}

/// Every component of the two, also those that are the same in both.
pub fn differences<'d>(from: &'d Selections, to: &'d Selections) -> Vec<Difference<'d>> {
    let components: BTreeSet<&ComponentName> = from.keys().chain(to.keys()).collect();
    let one = |component| Difference { component, from: from.get(component), to: to.get(component) };
    components.into_iter().map(one).collect()
}

impl Difference<'_> {
    /// Whether anything differs.
    pub fn is_change(&self) -> bool {
        self.is_other_version() || self.follows_now().is_some()
    }

    /// Whether the version differs. Two names of one version are none: a tag may have come later.
    pub fn is_other_version(&self) -> bool {
        let version = |selection: &Selection| (selection.artifact.digest.clone(), selection.artifact.branch.clone());
        self.from.map(version) != self.to.map(version)
    }

    /// The two versions as people name them; by their digests too where the names are the same, as with a moved tag.
    pub fn told(&self) -> (Option<String>, Option<String>) {
        let is_alike = self.is_other_version() && self.from.map(Selection::told) == self.to.map(Selection::told);
        let digest = |selection: &Selection| match is_alike.then(|| selection.artifact.digest.short()) {
            Some(digest) => format!(" ({digest})"),
            None => String::new(),
        };
        let told = |selection: &Selection| format!("{}{}", selection.told(), digest(selection));
        (self.from.map(told), self.to.map(told))
    }

    /// Whether newer versions are taken from now on, where that differs.
    pub fn follows_now(&self) -> Option<Follows> {
        let follows = |selection: &Selection| selection.follows;
        self.to.map(follows).filter(|now| self.from.is_some_and(|from| from.follows != *now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::domain::artifact::{Artifact, BranchName, Digest};

    fn selections(component: &str, (label, digest): (&str, &str), follows: Follows) -> Selections {
        let artifact = Artifact {
            component: ComponentName::new(component),
            branch: BranchName::new("main"),
            digest: Digest::new(digest),
            label: label.into(),
            subject: String::new(),
            made_at: Timestamp::ZERO,
        };
        [(ComponentName::new(component), Selection { artifact, follows })].into()
    }

    #[test]
    fn versions_and_following_are_compared_apart() {
        let base = selections("web", ("w1", "d1"), Follows::Branch);
        for (other, other_version, follows_now) in [
            (selections("web", ("w1", "d1"), Follows::Branch), false, None),
            (selections("web", ("v1", "d1"), Follows::Branch), false, None),
            (selections("web", ("w2", "d2"), Follows::Branch), true, None),
            (selections("web", ("w1", "d1"), Follows::Pinned), false, Some(Follows::Pinned)),
            (selections("web", ("w2", "d2"), Follows::Pinned), true, Some(Follows::Pinned)),
        ] {
            let difference = differences(&base, &other).remove(0);
            assert_eq!((difference.is_other_version(), difference.follows_now()), (other_version, follows_now));
            assert_eq!(difference.is_change(), other_version || follows_now.is_some());
        }
    }

    #[test]
    fn a_component_may_come_and_go_and_a_tag_may_move() {
        let old = selections("web", ("v1", "0123456789"), Follows::Branch);
        let new = selections("api", ("a1", "d1"), Follows::Branch);
        let all = differences(&old, &new);
        assert_eq!(
            all.iter().map(Difference::told).collect::<Vec<_>>(),
            [(None, Some("main@a1".into())), (Some("main@v1".into()), None)]
        );
        let moved = selections("web", ("v1", "abcdef0123"), Follows::Branch);
        let told = differences(&old, &moved)[0].told();
        assert_eq!(told, (Some("main@v1 (0123456)".into()), Some("main@v1 (abcdef0)".into())));
    }
}
