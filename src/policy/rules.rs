//! The rights in force: read from the config, swapped whole.

use std::collections::BTreeMap;

use crate::domain::person::Person;
use crate::domain::rights::{Binding, Role};
use crate::domain::{ChatName, PersonId};

/// The rights in force, with the version that audit lines name.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// A fingerprint of the rules, so that an audit line says which were in force.
    pub version: String,
    /// The people known, by id.
    pub people: BTreeMap<PersonId, Person>,
    /// What each role allows.
    pub roles: Vec<Role>,
    /// Who has which role, where.
    pub bindings: Vec<Binding>,
}

impl Rules {
    /// The person with this id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// The person behind an account. The console's accounts are the people's ids.
    pub fn person_by_account(&self, chat: &ChatName, account: &str) -> Option<&Person> {
        if *chat == ChatName::console() {
            return self.person(&PersonId::new(account));
        }
        self.people.values().find(|person| person.accounts.get(chat).is_some_and(|own| own == account))
    }

    /// The role of this name.
    pub(super) fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// The people who have the role of this binding.
    pub(super) fn bound<'r>(&'r self, binding: &'r Binding) -> impl Iterator<Item = &'r Person> {
        self.people.values().filter(|person| binding.binds(person))
    }
}
