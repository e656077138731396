//! People, and in whose name something is done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::Reader;
use super::{ChatName, PersonId};

/// Someone named in the config; nobody else has rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// How config, audit and mentions name them.
    pub id: PersonId,
    /// How people read them; their id unless written.
    pub name: String,
    /// Groups they belong to. A group exists when somebody belongs to it.
    pub groups: Vec<String>,
    /// By which they are found in chats that tell addresses.
    pub email: Option<String>,
    /// Their account in each chat, in the chat's own words; no account belongs to two people.
    pub accounts: BTreeMap<ChatName, String>,
}

/// In whose name something is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person known from the config.
    Person(PersonId),
    /// Dev profile only: `really` sits at the keyboard and tries what `shown` may do. Rights are those of
    /// `shown`; who asked and who approved is `really`.
    Acting {
        /// Whose rights count.
        shown: PersonId,
        /// Who is answerable.
        really: PersonId,
    },
    /// A chat account that the config does not know; it has no rights.
    Stranger(String),
    /// Chamberlain itself, for a stated cause (a timer, a steward's outcome), with a narrow role of its own.
    System(String),
}

impl Actor {
    /// Who reads an answer that is for the asker alone; nobody asked what we do by ourselves.
    pub fn reader(&self) -> Option<Reader> {
        match self {
            Self::Person(person) | Self::Acting { shown: person, .. } => Some(Reader::Person(person.clone())),
            Self::Stranger(account) => Some(Reader::Account(account.clone())),
            Self::System(_) => None,
        }
    }

    /// The person whose rights are judged.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(person) | Self::Acting { shown: person, .. } => Some(person),
            Self::Stranger(_) | Self::System(_) => None,
        }
    }
}

impl std::fmt::Display for Actor {
    /// As the audit tells it: `ana`, `ana as cy`, `stranger U0815`, `chamberlain (timer)`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(person) => write!(out, "{person}"),
            Self::Acting { shown, really } => write!(out, "{really} as {shown}"),
            Self::Stranger(account) => write!(out, "stranger {account}"),
            Self::System(cause) => write!(out, "chamberlain ({cause})"),
        }
    }
}
