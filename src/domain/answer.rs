//! How an answer gets to whoever asked.

use serde::{Deserialize, Serialize};

use super::PersonId;

/// The one reader of an answer that is not for the whole room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// A person known from the config.
    Person(PersonId),
    /// An account of that chat whose person the config does not know.
    Account(String),
}

impl Reader {
    /// Whether it is this person.
    pub fn is(&self, person: &PersonId) -> bool {
        matches!(self, Self::Person(reader) if reader == person)
    }
}

/// A way back that the chat gave with a command or a press: it reaches its asker where we could not post, for a while.
/// Whoever has it can write there in our name, so that it is shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WayBack(String);

impl WayBack {
    /// Takes what the chat gave.
    pub fn new(address: impl Into<String>) -> Self {
        Self(address.into())
    }

    /// The address itself, for the chat's adapter alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for WayBack {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("WayBack(…)")
    }
}
