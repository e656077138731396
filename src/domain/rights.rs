//! Rights as the config states them: roles, what they allow, and who holds them where. `policy` judges by them.

use super::person::Person;
use super::{CommandName, PersonId};

/// A named set of rights. Rights only add up: nothing takes one away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// How bindings and refusals name it.
    pub name: String,
    /// What its holders may do; any one of them suffices.
    pub allow: Vec<Grant>,
}

/// Some commands, allowed somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What is allowed; never empty.
    pub commands: Vec<CommandPattern>,
    /// In which projects.
    pub projects: Scope,
    /// On environments of which classes.
    pub classes: Scope,
}

/// One command or many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandPattern {
    /// All commands there are, now and later; written `*`.
    Every,
    /// This one.
    Exactly(CommandName),
    /// All that begin with these words and go on; `iteration *` holds `iteration start`.
    Below(CommandName),
}

/// To which projects or classes of environments something applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All there are, now and later; written `["*"]`.
    All,
    /// These alone; never empty.
    Only(Vec<String>),
}

/// Gives a role to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The role; there is one of this name.
    pub role: String,
    /// Who holds it; all of them are in the config.
    pub people: Vec<PersonId>,
    /// Whose members hold it; each has one.
    pub groups: Vec<String>,
    /// In which projects it counts. A grant counts where both it and its binding reach.
    pub projects: Scope,
}

impl CommandPattern {
    /// Whether the command is meant.
    pub fn covers(&self, command: &CommandName) -> bool {
        match self {
            Self::Every => true,
            Self::Exactly(name) => name == command,
            Self::Below(words) => {
                command.as_str().strip_prefix(words.as_str()).is_some_and(|rest| rest.starts_with(' '))
            }
        }
    }
}

impl Scope {
    /// Whether the named thing lies within; what has no name lies only within everything.
    pub fn reaches(&self, name: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => name.is_some_and(|name| names.iter().any(|known| known == name)),
        }
    }
}

impl std::fmt::Display for Scope {
    /// `everywhere`, or the names.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => out.write_str("everywhere"),
            Self::Only(names) => out.write_str(&names.join(", ")),
        }
    }
}

impl Binding {
    /// Whether the person holds the role by this binding.
    pub fn binds(&self, person: &Person) -> bool {
        self.people.contains(&person.id) || person.groups.iter().any(|group| self.groups.contains(group))
    }
}
