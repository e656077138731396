//! From the words of an argument to its value.

use super::invocation::Value;
use super::manifest::{Argument, Kind};
use super::suggest::{did_you_mean, nearest};

/// Reads one word of an argument.
///
/// # Errors
/// A sentence for the person who typed it.
pub(super) fn value(argument: &Argument, is_option: bool, text: &str) -> Result<Value, String> {
    let wrong = |hint: &str| {
        let dashes = if is_option { "--" } else { "" };
        let cut: String = text.chars().take(40).collect();
        let shown = crate::domain::marked::escape(&cut);
        format!("`{dashes}{}` takes {}, not `{shown}`.{hint}", argument.name, argument.kind.noun())
    };
    match argument.kind {
        Kind::Integer => text.parse().map(Value::Integer).map_err(|_| wrong("")),
        Kind::Duration => humantime::parse_duration(text).map(Value::Duration).map_err(|_| wrong("")),
        Kind::Choice => choice(argument, text).ok_or_else(|| {
            let near = did_you_mean(&nearest(text, argument.values.iter().map(String::as_str)));
            let all: Vec<String> = argument.values.iter().map(|value| format!("`{value}`")).collect();
            wrong(&format!("{near} It can be {}.", all.join(", ")))
        }),
        Kind::Person => Ok(Value::Text(person(text).to_owned())),
        Kind::Text
        | Kind::Repository
        | Kind::Branch
        | Kind::Component
        | Kind::Environment
        | Kind::Iteration
        | Kind::Flag => Ok(Value::Text(text.to_owned())),
    }
}

fn choice(argument: &Argument, text: &str) -> Option<Value> {
    let value = argument.values.iter().find(|value| value.eq_ignore_ascii_case(text))?;
    Some(Value::Text(value.clone()))
}

/// `@ana`, `<@ana>` and `ana` are the same person.
fn person(text: &str) -> &str {
    let mention = text.strip_prefix("<@").and_then(|text| text.strip_suffix('>'));
    mention.or_else(|| text.strip_prefix('@')).unwrap_or(text)
}
