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

    /// The same rules, with the accounts that a chat found for people whose account there the config does not tell, and
    /// with the people of its groups by account. `version` names them together.
    #[must_use]
    pub fn knowing(
        &self,
        chat: &ChatName,
        (accounts, groups): (&BTreeMap<PersonId, String>, &BTreeMap<String, Vec<String>>),
        version: String,
    ) -> Self {
        let mut rules = Self { version, ..self.clone() };
        for (id, account) in accounts {
            let is_taken = self.person_by_account(chat, account).is_some();
            if let Some(person) = rules.people.get_mut(id).filter(|_| !is_taken) {
                person.accounts.entry(chat.clone()).or_insert_with(|| account.clone());
            }
        }
        for person in rules.people.values_mut() {
            let Some(account) = person.accounts.get(chat) else { continue };
            let theirs = groups.iter().filter(|(_, accounts)| accounts.contains(account)).map(|(group, _)| group);
            let new: Vec<String> = theirs.filter(|group| !person.groups.contains(group)).cloned().collect();
            person.groups.extend(new);
        }
        rules
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

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, account: Option<&str>) -> (PersonId, Person) {
        let chat = ChatName::new("slack");
        let accounts = account.map(|account| (chat, account.to_owned())).into_iter().collect();
        let person = Person { id: PersonId::new(id), name: id.into(), groups: vec![], email: None, accounts };
        (PersonId::new(id), person)
    }

    #[test]
    fn what_a_chat_knows_of_people_never_overrules_the_config() {
        let rules = Rules {
            people: [person("ana", Some("U1")), person("bo", None), person("cy", None)].into(),
            ..Rules::default()
        };
        let found = [("ana", "U9"), ("bo", "U2"), ("cy", "U1"), ("kim", "U3")];
        let accounts = found.map(|(id, account)| (PersonId::new(id), account.to_owned())).into();
        let groups = [("team".to_owned(), vec!["U1".to_owned(), "U2".to_owned(), "U7".to_owned()])].into();
        let chat = ChatName::new("slack");
        let known = rules.knowing(&chat, (&accounts, &groups), "2".into());
        let of = |account| known.person_by_account(&chat, account).map(|person| person.id.as_str());
        assert_eq!((of("U1"), of("U2"), of("U9"), of("U3")), (Some("ana"), Some("bo"), None, None));
        let groups: Vec<_> = known.people.values().map(|person| person.groups.join(",")).collect();
        assert_eq!(groups, ["team", "team", ""]);
        assert_eq!(known.version, "2");
    }
}
