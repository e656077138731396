//! `[[bindings]]`: who holds which role.

use std::collections::BTreeSet;

use crate::domain::PersonId;
use crate::domain::person::Person;
use crate::domain::rights::{Binding, Role, Scope};

use super::choice::no_such;
use super::item::Item;
use super::section::Section;

/// The names that a binding may use.
pub(super) struct Known {
    people: BTreeSet<String>,
    groups: BTreeSet<String>,
    roles: BTreeSet<String>,
}

impl Known {
    pub(super) fn of<'a>(people: &[Person], elsewhere: impl Iterator<Item = &'a String>, roles: &[Role]) -> Self {
        Self {
            people: people.iter().map(|person| person.id.to_string()).collect(),
            groups: people.iter().flat_map(|person| person.groups.clone()).chain(elsewhere.cloned()).collect(),
            roles: roles.iter().map(|role| role.name.clone()).collect(),
        }
    }
}

impl Binding {
    /// Reads all bindings; what they name must be among `known`.
    pub(super) fn read_all(root: &mut Section<'_>, known: &Known) -> Vec<Self> {
        let bindings = root.item("bindings");
        let read = |item: &mut Item<'_>| item.section(|section| Self::read(section, known));
        bindings.map(|mut item| item.list(read)).unwrap_or_default()
    }

    fn read(section: &mut Section<'_>, known: &Known) -> Self {
        let role = section.item("role").map(|mut item| named(&mut item, "no role", &known.roles));
        if role.is_none() {
            section.miss("role", "Write the name of one of the `[roles]`.");
        }
        let people = names(section, "people", "nobody in `[people]`", &known.people);
        let groups = names(section, "groups", "a group to which nobody in `[people]` belongs", &known.groups);
        if people.is_empty() && groups.is_empty() {
            section.miss("people", "Write who holds the role, as `people` or `groups`.");
        }
        Self {
            role: role.flatten().unwrap_or_default(),
            people: people.into_iter().map(PersonId::new).collect(),
            groups,
            projects: Scope::read(section, "projects"),
        }
    }
}

fn names(section: &mut Section<'_>, key: &str, reason: &str, known: &BTreeSet<String>) -> Vec<String> {
    section.item(key).map(|mut item| item.distinct(|item| named(item, reason, known))).unwrap_or_default()
}

/// The name, if it is among `known`.
fn named(item: &mut Item<'_>, reason: &str, known: &BTreeSet<String>) -> Option<String> {
    let name: String = item.wanted()?;
    if !known.contains(&name) {
        item.miss(no_such(reason, &name, known.iter().map(String::as_str)));
    }
    Some(name)
}
