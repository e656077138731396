//! `[people.<id>]`: everybody who may have rights.

use std::collections::BTreeMap;

use crate::domain::person::Person;
use crate::domain::{ChatName, PersonId};

use super::item::Item;
use super::name::{name, title};
use super::problem::Fault;
use super::section::Section;

/// The longest address that mail servers take (RFC 5321).
const LONGEST_EMAIL: usize = 254;

impl Person {
    /// Reads everybody.
    pub(super) fn read_all(root: &mut Section<'_>) -> Vec<Self> {
        let mut owners = Owners::new();
        root.named("people", |id, section| Self::read(id, section, &mut owners))
    }

    fn read(id: &str, section: &mut Section<'_>, owners: &mut Owners) -> Self {
        Self {
            id: PersonId::new(id),
            name: section.take("name", id.to_owned(), title),
            groups: section.item("groups").map(|mut item| item.distinct(|item| item.parse(name))).unwrap_or_default(),
            email: section.find("email", email),
            accounts: accounts(id, section, owners),
        }
    }
}

/// Who has which account, as far as read.
type Owners = BTreeMap<(ChatName, String), String>;

fn accounts(id: &str, section: &mut Section<'_>, owners: &mut Owners) -> BTreeMap<ChatName, String> {
    let mut read = |chat: &str, item: &mut Item<'_>| {
        let chat = ChatName::new(chat);
        let local = item.parse(title)?;
        if let Some(owner) = owners.insert((chat.clone(), local.clone()), id.to_owned()) {
            item.complain(Fault::new(format!("also the account of {owner}"), "Each account belongs to one person."));
        }
        Some((chat, local))
    };
    let accounts = section.item("accounts").map(|mut item| item.entries(&mut read));
    accounts.unwrap_or_default().into_iter().collect()
}

fn email(text: String) -> Result<String, Fault> {
    let is_address = |(local, host): (&str, &str)| !local.is_empty() && !host.is_empty();
    if text.rsplit_once('@').is_some_and(is_address)
        && text.len() <= LONGEST_EMAIL
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Ok(text);
    }
    Err(Fault::new("no mail address", "Write for example \"ana@example.org\"."))
}
