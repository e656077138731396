//! A form: a command that is filled in field by field instead of being typed.

use serde::{Deserialize, Serialize};

use super::{ChatName, CommandName, RoomId};

/// A form to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What it does when it is sent.
    pub command: CommandName,
    /// What is read above it.
    pub title: String,
    /// What is read on the button that sends it.
    pub submit: String,
    /// What there is to fill in, in order.
    pub fields: Vec<Field>,
}

/// One thing to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where on the line its value goes.
    pub slot: Slot,
    /// What is read above it.
    pub label: String,
    /// One line of what it means.
    pub help: String,
    /// How it is filled in.
    pub input: Input,
    /// Whether it must be.
    pub is_required: bool,
    /// What stands there when it opens.
    pub filled: Option<String>,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Words are typed.
    Words,
    /// One name of something is chosen; what fits is offered as one types.
    Name,
    /// One of a few words.
    Choice(Vec<String>),
    /// Yes or nothing.
    Yes,
}

/// Where on the line of its command a value goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// An argument behind the command's name.
    Argument(String),
    /// An option, `--…`.
    Option(String),
    /// The version of one component, for an argument that takes many: `component@…`.
    Version {
        /// The argument.
        argument: String,
        /// The component.
        component: String,
    },
}

impl Slot {
    /// The word by which a chat brings its value back.
    pub fn to_text(&self) -> String {
        match self {
            Self::Argument(name) => format!("argument|{name}"),
            Self::Option(name) => format!("option|{name}"),
            Self::Version { argument, component } => format!("version|{argument}|{component}"),
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('|')?;
        match kind {
            "argument" => Some(Self::Argument(name.to_owned())),
            "option" => Some(Self::Option(name.to_owned())),
            "version" => name
                .split_once('|')
                .map(|(argument, component)| Self::Version { argument: argument.into(), component: component.into() }),
            _ => None,
        }
    }

    /// The argument or option.
    pub fn name(&self) -> &str {
        match self {
            Self::Argument(name) | Self::Option(name) | Self::Version { argument: name, .. } => name,
        }
    }
}

/// What was filled in. What was left empty is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The form's command.
    pub command: CommandName,
    /// The values, each in its place.
    pub values: Vec<(Slot, String)>,
}

impl Filled {
    /// The value in a place.
    pub fn value(&self, slot: &Slot) -> Option<&str> {
        self.values.iter().find(|(place, _)| place == slot).map(|(_, value)| value.as_str())
    }
}

/// Who has a form before them, as the chat vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// In which chat.
    pub chat: ChatName,
    /// Its id there.
    pub id: String,
}

/// A form that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub by: Account,
    /// Of which command.
    pub command: CommandName,
    /// In which room; none where it was asked for in none.
    pub room: Option<RoomId>,
    /// The words of the message that it was asked for at.
    pub about: Option<String>,
}

/// What a form's view carries along where a chat keeps it, and what a button that opens one says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The command.
    pub command: CommandName,
    /// Where it was asked for, by the chat's own id, if in any room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// What a row or a button that opens a form is called begins with this.
pub const OPENS: &str = "open|";

impl Carried {
    /// What is carried for the form of a command, asked for in a room or in none.
    pub fn of(command: &CommandName, room: Option<&RoomId>) -> Self {
        Self { command: command.clone(), channel: room.map(|room| room.local().to_owned()) }
    }

    /// As a chat carries it.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what a chat brought back.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_read_back_as_they_were_written() {
        for slot in [
            Slot::Argument("name".into()),
            Slot::Option("for".into()),
            Slot::Version { argument: "component".into(), component: "web|x".into() },
        ] {
            assert_eq!(Slot::parse(&slot.to_text()), Some(slot));
        }
        for text in ["", "argument", "version|component", "other|x"] {
            assert_eq!(Slot::parse(text), None, "{text}");
        }
    }
}
