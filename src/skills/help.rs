//! `help`: what the asker may run, and how.

use std::sync::Arc;

use serde_json::{Value, json};

use super::study::{Call, GatherError, Study};
use crate::change::{Change, Decision};
use crate::command::{Spec, usage};
use crate::domain::CommandName;
use crate::policy::{self, Action, Target};

/// Lists, searches or explains.
pub(super) fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let words = call.invocation.text("words").unwrap_or_default().to_lowercase();
    if let Some(spec) = study.skills.grammar.find(&words) {
        return study.answer_permitted(call, "command", || explanation(study, call, spec));
    }
    let groups = groups(study, call, &words);
    if groups.is_empty() {
        return study.answer_permitted(call, "nothing", || json!({ "words": words }));
    }
    let searched = if words.is_empty() { Value::Bool(false) } else { json!(words) };
    study.answer_permitted(call, "list", || json!({ "searched": searched, "groups": groups }))
}

/// Explains the command of a call that has `--help`; asking how is allowed to whoever may ask for help.
pub(super) fn explain(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let action = Action { command: CommandName::new("help") };
    let permit = match policy::decide(&study.rules, &call.actor, &action, &Target::default()) {
        Ok(permit) => permit,
        Err(refusal) => return Ok(Decision::Refused(call.refused(refusal, &Target::default()))),
    };
    let facts = explanation(study, call, &call.invocation.spec);
    let words = study.skills.templates.render("help", "command", &facts)?;
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}

fn explanation(study: &Study, call: &Call, spec: &Spec) -> Value {
    let command = &spec.command;
    let arguments = command.arguments.iter().map(|argument| (argument.name.to_uppercase(), &argument.help));
    let options = command.options.iter().map(|option| (format!("--{}", option.name), &option.help));
    let named: Vec<Value> =
        arguments.chain(options).map(|(name, help)| json!({ "name": name, "help": help })).collect();
    json!({
        "usage": usage(command),
        "summary": command.summary,
        "aliases": command.aliases.join(", "),
        "arguments": named,
        "examples": command.examples,
        "is_allowed": is_allowed(study, call, spec),
    })
}

/// The commands that the asker may run and that have to do with `words`, by heading.
fn groups(study: &Study, call: &Call, words: &str) -> Vec<Value> {
    let mut groups: Vec<(&str, Vec<Value>)> = Vec::new();
    let fitting = |spec: &&Arc<Spec>| is_about(spec, words) && is_allowed(study, call, spec);
    for spec in study.skills.grammar.commands().iter().filter(fitting) {
        let line = json!({ "usage": usage(&spec.command), "summary": spec.command.summary });
        match groups.iter_mut().find(|(group, _)| *group == spec.group) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((&spec.group, vec![line])),
        }
    }
    groups.sort_by_key(|(group, _)| *group);
    groups.into_iter().map(|(name, commands)| json!({ "name": name, "commands": commands })).collect()
}

fn is_about(spec: &Spec, words: &str) -> bool {
    let command = &spec.command;
    let texts = [&command.name, &command.summary, &spec.group, &spec.skill];
    words.split_whitespace().all(|word| {
        let has = |text: &&String| text.to_lowercase().contains(word);
        texts.iter().copied().chain(&command.aliases).any(|text| has(&text))
    })
}

fn is_allowed(study: &Study, call: &Call, spec: &Spec) -> bool {
    policy::could(&study.rules, &call.actor, &Action { command: spec.name.clone() })
}
