//! Forms as modals. Source: Slack's reference of modal views, input blocks and their elements.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::actions::{plain, small};
use super::limits;
use super::words::{clean, cut, length, one_line};
use crate::domain::RoomId;
use crate::domain::form::{Carried, Field, Form, Input};
use crate::domain::marked::Marked;

/// The value of a box that was ticked.
const YES: &str = "yes";

/// The modal of a form that was asked for in a room, or in none; both come back with everything that is done in it.
pub fn form(form: &Form, room: Option<&RoomId>) -> Value {
    let mut slots = BTreeSet::new();
    let fields = form.fields.iter().filter(|field| slots.insert(&field.slot));
    let fields: Vec<Value> = fields.filter_map(field).take(limits::FIELDS).collect();
    let is_refilled = form.fields.iter().any(|field| field.filled.is_some());
    let note = is_refilled.then(|| {
        small("What is known, or what you typed before, is filled in. It is sent only when you press the button.")
    });
    let mut view = modal(&form.title, &note.into_iter().chain(fields).collect::<Vec<_>>());
    view["submit"] = plain(&word(&form.submit));
    view["close"] = plain("Cancel");
    view["private_metadata"] = json!(Carried::of(&form.command, room).to_text());
    view
}

/// What stands there until the form is ready.
pub fn loading() -> Value {
    modal("Chamberlain", &[small("Loading…")])
}

/// Words in the place of a form.
pub fn instead(words: &Marked) -> Value {
    let words = cut(&clean(&words.to_plain()), limits::TEXT);
    let words = if words.trim().is_empty() { "…".to_owned() } else { words };
    modal("Chamberlain", &[json!({ "type": "section", "text": plain(&words) })])
}

/// What may be chosen in a field, each with what is read beside it.
pub fn options<'o>(offered: impl Iterator<Item = (&'o str, &'o str)>) -> Vec<Value> {
    offered.filter_map(|(value, hint)| option(value, hint)).take(limits::OPTIONS).collect()
}

/// The words under a field.
pub fn wrong(words: &Marked) -> String {
    cut(&one_line(&words.to_plain()), limits::WRONG)
}

fn modal(title: &str, blocks: &[Value]) -> Value {
    json!({ "type": "modal", "title": plain(&word(title)), "close": plain("Close"), "blocks": blocks })
}

/// What is read above a view or on its buttons; Slack takes none without a letter.
fn word(words: &str) -> String {
    let words = cut(&one_line(words), limits::VIEW_WORD);
    if words.is_empty() { "…".to_owned() } else { words }
}

fn field(field: &Field) -> Option<Value> {
    let block = field.slot.to_text();
    let label = cut(&one_line(&field.label), limits::LABEL);
    if length(&block) > limits::ID || label.is_empty() {
        return None;
    }
    let mut input = json!({
        "type": "input",
        "block_id": block,
        "label": plain(&label),
        "optional": !field.is_required,
        // Each change is told to us, so that nothing is lost when the form is closed by mistake.
        "dispatch_action": true,
        "element": element(field)?,
    });
    let help = one_line(&field.help);
    if !help.is_empty() {
        input["hint"] = plain(&cut(&help, limits::LABEL));
    }
    Some(input)
}

/// What is filled in; none where there would be nothing to choose from.
fn element(field: &Field) -> Option<Value> {
    let filled = field.filled.as_deref();
    let chosen = filled.and_then(|value| option(value, ""));
    let (mut element, initial) = match &field.input {
        Input::Words => {
            let told = json!({ "trigger_actions_on": ["on_character_entered"] });
            let element = json!({ "type": "plain_text_input", "dispatch_action_config": told });
            (element, filled.map(|words| ("initial_value", json!(cut(&clean(words), limits::TEXT)))))
        }
        Input::Name => {
            let words = plain("Type to search");
            let element = json!({ "type": "external_select", "min_query_length": 0, "placeholder": words });
            (element, chosen.map(|option| ("initial_option", option)))
        }
        Input::Choice(words) => {
            let mut seen = BTreeSet::new();
            let words = words.iter().filter(|word| seen.insert(word.as_str()));
            let options: Vec<Value> = options(words.map(|word| (word.as_str(), "")));
            if options.is_empty() {
                return None;
            }
            let chosen = chosen.filter(|option| options.contains(option));
            let element = json!({ "type": "static_select", "options": options });
            (element, chosen.map(|option| ("initial_option", option)))
        }
        Input::Yes => {
            let yes = json!({ "text": plain("Yes"), "value": YES });
            let element = json!({ "type": "checkboxes", "options": [yes] });
            (element, filled.map(|_| ("initial_options", json!([yes]))))
        }
    };
    element["action_id"] = json!(field.slot.to_text());
    if let Some((name, initial)) = initial {
        element[name] = initial;
    }
    Some(element)
}

fn option(value: &str, hint: &str) -> Option<Value> {
    let (words, hint) = (one_line(value), one_line(hint));
    if words.is_empty() || length(value) > limits::OPTION_VALUE {
        return None;
    }
    let mut option = json!({ "text": plain(&cut(&words, limits::OPTION)), "value": value });
    if !hint.is_empty() && hint != words {
        option["description"] = plain(&cut(&hint, limits::OPTION));
    }
    Some(option)
}
