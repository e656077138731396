//! A line that somebody types, or has half typed, against the commands of the house.

use std::path::Path;
use std::sync::LazyLock;

use crate::command::{Grammar, Misread, promises, usage};
use crate::domain::Refusal;
use crate::domain::marked::{Marked, Span};
use crate::event::chat::being_typed;
use crate::skills::{NATIVE, host};

static HOUSE: LazyLock<Grammar> = LazyLock::new(|| host::load(Path::new("/nowhere"), NATIVE).0.grammar);

/// Any line.
///
/// # Panics
/// When something does not hold that must.
pub fn grammar(input: &[u8]) {
    let Ok(line) = std::str::from_utf8(input) else { return };
    is_read_or_told(&HOUSE, line);
    if let Some(typed) = being_typed(line) {
        assert!(line.ends_with(typed), "what is being typed is the end of the message");
        promises::offers_can_be_read(&HOUSE, typed, |_| true);
    }
    promises::offers_can_be_read(&HOUSE, line, |name| name.as_str() != "deploy");
    promises::one_option_more_changes_nothing_else(&HOUSE, line);
    promises::forms_and_lines_say_the_same(&HOUSE, line);
}

/// A command is read, or it is told what is wrong; and nothing that was typed means anything in what is told.
fn is_read_or_told(grammar: &Grammar, line: &str) {
    match grammar.parse(line) {
        Ok(invocation) => {
            let named = grammar.command_of(line).map(|(spec, _)| &spec.name);
            assert_eq!(named, Some(&invocation.spec.name), "the command that the line names");
        }
        Err(Misread::Unknown { name, near }) => {
            assert!(near.iter().all(|near| grammar.find(near).is_some()), "{near:?} are no commands");
            means_nothing(&Refusal::UnknownCommand { name, near }.to_marked());
        }
        Err(Misread::Wrong { command, told, usage: shown }) => {
            let spec = grammar.find(command.as_str());
            assert_eq!(spec.map(|spec| usage(&spec.command)), Some(shown.clone()), "the usage of the command");
            assert!(!told.is_empty(), "a reason");
            means_nothing(&Marked::new(told.clone()));
            means_nothing(&Refusal::Misread { told, usage: shown }.to_marked());
        }
    }
}

/// Nobody is called and nothing is linked by words of ours about words of theirs.
fn means_nothing(told: &Marked) {
    let is_plain = |span: &Span| matches!(span, Span::Text(_) | Span::Code(_) | Span::Bold(_));
    assert!(told.spans().iter().all(is_plain), "{told:?} means something");
}
