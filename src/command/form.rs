//! Commands as forms: from a manifest to the fields, and from what was filled in to the command and its line.

use std::collections::BTreeMap;

use super::argument;
use super::grammar::{Grammar, Spec};
use super::invocation::{Invocation, Value};
use super::manifest::{Argument, Kind};
use super::words::quoted_if_needed;
use crate::domain::form::{Field, Filled, Form, Input, Slot};

/// The empty form of a command; nothing for a command that has none. An argument that takes many components has a field
/// for the version of each of the `components`.
pub fn form(spec: &Spec, components: &[String]) -> Option<Form> {
    let words = spec.command.form.as_ref()?;
    let all = spec.command.arguments.iter().map(|argument| (argument, false));
    let all: Vec<_> = all.chain(spec.command.options.iter().map(|option| (option, true))).collect();
    let named = |name: &String| all.iter().find(|(argument, _)| argument.name == *name);
    let fields = words.fields.iter().filter_map(named).flat_map(|(argument, is_option)| {
        if argument.kind == Kind::Component && argument.many {
            components.iter().map(|component| of_component(argument, component)).collect()
        } else {
            vec![field(argument, *is_option)]
        }
    });
    let (title, submit) = (words.title.clone(), words.submit.clone());
    Some(Form { command: spec.name.clone(), title, submit, fields: fields.collect() })
}

fn field(argument: &Argument, is_option: bool) -> Field {
    let name = argument.name.clone();
    Field {
        slot: if is_option { Slot::Option(name) } else { Slot::Argument(name) },
        label: argument.label.clone().unwrap_or_else(|| argument.name.clone()),
        help: capital(argument.hint.as_ref().unwrap_or(&argument.help)),
        input: match argument.kind {
            Kind::Text | Kind::Integer | Kind::Duration => Input::Words,
            Kind::Choice => Input::Choice(argument.values.clone()),
            Kind::Flag => Input::Yes,
            Kind::Repository | Kind::Branch | Kind::Component | Kind::Environment | Kind::Iteration | Kind::Person => {
                Input::Name
            }
        },
        // On a line it is the room's when left out; a form can be opened where there is no such room.
        is_required: argument.required || argument.kind == Kind::Iteration,
        filled: None,
    }
}

/// Help is written as part of a line; below a field it stands alone.
fn capital(help: &str) -> String {
    let mut letters = help.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn of_component(argument: &Argument, component: &str) -> Field {
    Field {
        slot: Slot::Version { argument: argument.name.clone(), component: component.to_owned() },
        label: component.to_owned(),
        help: "A branch, whose newest is followed, or a version. Left empty, it stays as it is.".to_owned(),
        input: Input::Name,
        is_required: false,
        filled: None,
    }
}

impl Grammar {
    /// The command as it was filled in.
    ///
    /// # Errors
    /// For each value that cannot be, a marked sentence.
    pub fn filled(&self, filled: &Filled) -> Result<Option<Invocation>, Vec<(Slot, String)>> {
        let Some(spec) = self.find(filled.command.as_str()) else { return Ok(None) };
        let mut values: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut wrong = Vec::new();
        for (slot, text) in &filled.values {
            let Some((argument, is_option)) = argument_of(spec, slot) else { continue };
            let given = values.entry(argument.name.clone()).or_default();
            match argument.kind {
                Kind::Flag => {}
                _ => match argument::value(argument, is_option, &word(slot, text)) {
                    Ok(value) => given.push(value),
                    Err(told) => wrong.push((slot.clone(), told)),
                },
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Some(Invocation { spec: spec.clone(), values, as_json: false, asks_help: false }))
    }

    /// The line that says the same, as people would type it.
    pub fn line_of(&self, filled: &Filled) -> String {
        let spec = self.find(filled.command.as_str());
        let (mut options, mut arguments) = (Vec::new(), Vec::new());
        for (slot, text) in &filled.values {
            let known = spec.and_then(|spec| argument_of(spec, slot)).map(|(argument, _)| argument);
            let is_rest = known.is_some_and(|argument| argument.many && argument.kind == Kind::Text);
            let is_flag = known.is_some_and(|argument| argument.kind == Kind::Flag);
            let word = word(slot, text);
            let word = if is_rest { rest(&word) } else { quoted_if_needed(&word) };
            match slot {
                Slot::Option(name) if is_flag => options.push(format!("--{name}")),
                Slot::Option(name) => options.push(format!("--{name} {word}")),
                Slot::Argument(_) | Slot::Version { .. } => arguments.push(word),
            }
        }
        let words = std::iter::once(filled.command.to_string()).chain(options).chain(arguments);
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The rest of a line as it is to be typed: only its first word could be taken for an option, and only what begins with a
/// quote or a long dash for something else than it is.
fn rest(words: &str) -> String {
    let typed = |(number, word): (usize, &str)| {
        if number > 0 && word.starts_with('-') { word.to_owned() } else { quoted_if_needed(word) }
    };
    words.split_whitespace().enumerate().map(typed).collect::<Vec<_>>().join(" ")
}

fn argument_of<'s>(spec: &'s Spec, slot: &Slot) -> Option<(&'s Argument, bool)> {
    let is_option = matches!(slot, Slot::Option(_));
    let all = if is_option { &spec.command.options } else { &spec.command.arguments };
    all.iter().find(|argument| argument.name == slot.name()).map(|argument| (argument, is_option))
}

fn word(slot: &Slot, text: &str) -> String {
    match slot {
        Slot::Version { component, .. } => format!("{component}@{text}"),
        Slot::Argument(_) | Slot::Option(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Manifest;
    use crate::domain::CommandName;

    fn grammar() -> Grammar {
        let manifest = Manifest::read(
            r#"
            summary = "s"
            group = "g"
            [[command]]
            name = "deploy"
            summary = "s"
            form = { title = "Deploy", submit = "Deploy", fields = ["in", "component"] }
            argument = [{ name = "component", type = "component", help = "h", many = true }]
            option = [{ name = "in", type = "iteration", help = "h", label = "Iteration" }]
            [[command]]
            name = "iteration start"
            summary = "s"
            form = { title = "Start", submit = "Start", fields = ["name", "goal", "for", "quiet"] }
            argument = [{ name = "name", type = "text", help = "h", required = true, many = true }]
            option = [
                { name = "goal", type = "text", help = "h" },
                { name = "for", type = "duration", help = "h" },
                { name = "quiet", type = "flag", help = "h" },
            ]
            [[command]]
            name = "ping"
            summary = "s"
            "#,
        );
        let mut grammar = Grammar::default();
        grammar.add("test", &manifest.unwrap()).unwrap();
        grammar
    }

    fn filled(command: &str, values: &[(&str, &str)]) -> Filled {
        let values = values.iter().map(|(slot, value)| (Slot::parse(slot).unwrap(), (*value).to_owned()));
        Filled { command: CommandName::new(command), values: values.collect() }
    }

    #[test]
    fn each_component_has_a_field() {
        let grammar = grammar();
        let form = form(grammar.find("deploy").unwrap(), &["api".into(), "web".into()]).unwrap();
        let labels: Vec<&str> = form.fields.iter().map(|field| field.label.as_str()).collect();
        assert_eq!(labels, ["Iteration", "api", "web"]);
        assert_eq!(super::form(grammar.find("ping").unwrap(), &[]), None);
    }

    #[test]
    fn what_was_filled_in_is_the_command_that_would_be_typed() {
        let grammar = grammar();
        for (filled, line) in [
            (
                filled("deploy", &[("option|in", "sprint-42"), ("version|component|web", "feature/pay")]),
                "deploy --in sprint-42 web@feature/pay",
            ),
            (
                filled(
                    "iteration start",
                    &[
                        ("argument|name", "Sprint 42 --for fun"),
                        ("option|goal", "Pay \"at once\""),
                        ("option|quiet", "yes"),
                    ],
                ),
                "iteration start --goal 'Pay \"at once\"' --quiet Sprint 42 --for fun",
            ),
            (
                filled("iteration start", &[("argument|name", "--for 2h 'x --quiet —e")]),
                "iteration start \"--for\" 2h \"'x\" --quiet \"—e\"",
            ),
        ] {
            assert_eq!(grammar.line_of(&filled), line);
            let given = grammar.filled(&filled).unwrap().unwrap();
            let typed = grammar.parse(line).unwrap();
            assert_eq!(given.values, typed.values, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_is_told_by_its_place() {
        let wrong = filled("iteration start", &[("argument|name", "x"), ("option|for", "soon")]);
        let told = grammar().filled(&wrong).unwrap_err();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, Slot::Option("for".into()));
        assert!(told[0].1.contains("duration"), "{told:?}");
    }
}
