//! What must hold of every line, whatever grammar it is read by: for property tests and for fuzzing.

use std::collections::BTreeMap;

use super::complete::{self, Next, Offer};
use super::form;
use super::grammar::{Grammar, Spec};
use super::invocation::Invocation;
use super::manifest::{Argument, Kind};
use super::parse::Misread;
use super::words::{quoted_if_needed, words};
use crate::domain::CommandName;
use crate::domain::form::{Filled, Slot};

/// Whatever is offered can be taken: the line is a command then, or one that only lacks something.
///
/// # Panics
/// When it does not hold.
pub(crate) fn offers_can_be_read(grammar: &Grammar, line: &str, may: impl Fn(&CommandName) -> bool) {
    let next = complete::next(grammar, line, &may);
    assert!(line.is_char_boundary(next.from), "{line:?} is cut at {}", next.from);
    assert!(next.spec.as_ref().is_none_or(|spec| may(&spec.name)), "{line:?} tells of what may not be run");
    for offer in &next.offers {
        let taken = taken(line, &next, offer);
        match grammar.parse(&taken) {
            Ok(invocation) => assert!(may(&invocation.spec.name), "{taken:?} may not be run"),
            Err(Misread::Wrong { command, told, .. }) => {
                assert!(told.contains(" needs "), "{taken:?}: {told}");
                assert!(may(&command), "{taken:?} may not be run");
            }
            Err(Misread::Unknown { .. }) => panic!("{taken:?} is no command"),
        }
    }
}

/// The line with an offer in it, and a value where the offer is an option that takes one.
fn taken(line: &str, next: &Next, offer: &Offer) -> String {
    let options = next.spec.iter().flat_map(|spec| &spec.command.options);
    let named = |option: &&Argument| offer.text.strip_prefix("--") == Some(option.name.as_str());
    let value = options.filter(|_| !offer.text.is_empty()).find(named).map_or(String::new(), fitting);
    format!("{}{}{value}", &line[..next.from], offer.text)
}

/// A value that an option takes, with a space before it.
fn fitting(option: &Argument) -> String {
    match option.kind {
        Kind::Flag => String::new(),
        Kind::Integer => " 3".to_owned(),
        Kind::Duration => " 2h".to_owned(),
        Kind::Choice => option.values.first().map(|value| format!(" {}", quoted_if_needed(value))).unwrap_or_default(),
        _ => " x".to_owned(),
    }
}

/// A line to which a button adds what was lacking says the same as before, and that.
///
/// # Panics
/// When it does not hold.
pub(crate) fn one_option_more_changes_nothing_else(grammar: &Grammar, line: &str) {
    let Ok(before) = grammar.parse(line) else { return };
    let takes = |option: &Argument| option.name == "in" && option.kind == Kind::Iteration;
    if before.asks_help || before.has("in") || !before.spec.command.options.iter().any(takes) {
        return;
    }
    let more = grammar.with_option(line, "in", "sprint-42").unwrap_or_default();
    let after = read(grammar, &more);
    assert_eq!(after.text("in"), Some("sprint-42"), "{more:?}");
    let others = after.values.into_iter().filter(|(name, _)| name != "in").collect::<BTreeMap<_, _>>();
    assert_eq!((after.spec.name.as_str(), others), (before.spec.name.as_str(), before.values), "{more:?}");
    assert_eq!(after.as_json, before.as_json, "{more:?}");
}

/// What is filled in is the command that its line says. The line's command has the form, its words between bars are
/// filled in.
///
/// # Panics
/// When it does not hold.
pub(crate) fn forms_and_lines_say_the_same(grammar: &Grammar, line: &str) {
    let with_form = |spec: &&std::sync::Arc<Spec>| spec.command.form.is_some();
    let named = grammar.command_of(line).map(|(spec, _)| spec).filter(with_form);
    let Some(spec) = named.or_else(|| grammar.commands().iter().find(with_form)) else { return };
    let Some(empty) = form(spec, &["api".to_owned(), "web".to_owned()]) else { return };
    let texts = line.split('|').skip(1).map(str::trim);
    let slots = empty.fields.into_iter().map(|field| field.slot);
    let values = slots.zip(texts).filter(|(slot, text)| can_be_typed(spec, slot, text));
    let filled =
        Filled { command: spec.name.clone(), values: values.map(|(slot, text)| (slot, text.into())).collect() };
    let Ok(Some(given)) = grammar.filled(&filled) else { return };
    let said = grammar.line_of(&filled);
    match grammar.parse(&said) {
        Ok(typed) => assert_eq!((&typed.spec.name, typed.values), (&spec.name, given.values), "{said:?}"),
        Err(Misread::Wrong { command, told, .. }) => {
            let lacks = |argument: &Argument| argument.required && !given.values.contains_key(&argument.name);
            let is_short = spec.command.arguments.iter().chain(&spec.command.options).any(lacks);
            assert!(command == spec.name && is_short, "{said:?}: {told}");
        }
        Err(Misread::Unknown { .. }) => panic!("{said:?} is no command"),
    }
}

/// A line has no words for everything: both kinds of quotes around a space, or more than one space in the rest of it.
fn can_be_typed(spec: &Spec, slot: &Slot, text: &str) -> bool {
    let is_rest = |argument: &Argument| {
        matches!(slot, Slot::Argument(name) if *name == argument.name) && argument.many && argument.kind == Kind::Text
    };
    if spec.command.arguments.iter().any(is_rest) {
        return !text.is_empty() && text.split_whitespace().collect::<Vec<_>>().join(" ") == text;
    }
    let read = words(&quoted_if_needed(text));
    !text.is_empty() && matches!(read.as_slice(), [word] if word.text == text)
}

fn read(grammar: &Grammar, line: &str) -> Invocation {
    grammar.parse(line).unwrap_or_else(|misread| panic!("{line:?}: {misread:?}"))
}
