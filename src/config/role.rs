//! `[roles.<name>]`: named sets of rights.

use crate::domain::CommandName;
use crate::domain::rights::{CommandPattern, Grant, Role, Scope};

use super::name::check_name;
use super::problem::Fault;
use super::section::Section;

const COMMANDS_HINT: &str = "Write the commands that are allowed: [\"deploy\", \"iteration *\"].";

impl Role {
    /// Reads the role called `name`.
    pub(super) fn read(name: &str, section: &mut Section<'_>) -> Self {
        let allow = section.item("allow").map(|mut item| item.list(|item| item.section(Grant::read)));
        Self { name: name.to_owned(), allow: allow.unwrap_or_default() }
    }
}

impl Grant {
    fn read(section: &mut Section<'_>) -> Self {
        let commands = section.item("commands").map(|mut item| {
            item.must_not_be_empty(COMMANDS_HINT);
            item.distinct(|item| item.parse(|text: String| pattern(&text)))
        });
        if commands.is_none() {
            section.miss("commands", COMMANDS_HINT);
        }
        Self {
            commands: commands.unwrap_or_default(),
            projects: Scope::read(section, "projects"),
            classes: Scope::read(section, "classes"),
        }
    }
}

fn pattern(text: &str) -> Result<CommandPattern, Fault> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (is_open, words) = match words.split_last() {
        Some((&"*", words)) => (true, words),
        _ => (false, words.as_slice()),
    };
    if words.iter().any(|word| check_name(word).is_err()) {
        return Err(Fault::new("no command", "Write its words, then maybe ` *` for all below it; `*` alone is all."));
    }
    match (words.join(" "), is_open) {
        (command, true) if command.is_empty() => Ok(CommandPattern::Every),
        (command, true) => Ok(CommandPattern::Below(CommandName::new(command))),
        (command, false) if command.is_empty() => Err(Fault::new("no command", "Write its words.")),
        (command, false) => Ok(CommandPattern::Exactly(CommandName::new(command))),
    }
}
