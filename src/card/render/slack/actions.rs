//! Buttons and selects, in rows that say which card they belong to.

use serde_json::{Value, json};

use super::limits;
use super::select::select;
use super::words::{clean, cut, length, one_line, weight};
use crate::card::model::{Action, Card, Confirmation, Weight};
use crate::domain::CommandName;
use crate::domain::card::Drawn;
use crate::domain::form::{Carried, OPENS};

/// What is read on the button that sends no press.
const DENY: &str = "Leave it";
/// The longest name of a style.
const STYLE: usize = "primary".len();

/// What a card may be done with, as blocks.
#[derive(Default)]
pub(super) struct Rows {
    /// The rows, each select's with a line of labels above it.
    pub(super) blocks: Vec<Value>,
    /// What was left out.
    pub(super) cut: Vec<String>,
}

/// A button or a select, ready.
struct Element<'c> {
    /// What stands side by side: buttons, and the selects of one component.
    beside: Beside<'c>,
    /// What is read above a select; its own words show only while nothing is chosen.
    label: Option<String>,
    json: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside<'c> {
    Buttons,
    Selects(&'c str),
}

/// The rows of a card, in at most so many blocks.
pub(super) fn rows(card: &Card, most_blocks: usize) -> Rows {
    let mut rows = Rows::default();
    let elements = elements(card, &mut rows.cut);
    let drawn = Drawn { card: card.id.clone(), guard: card.guard };
    if length(&drawn.to_text(limits::BLOCKS)) > limits::ID {
        rows.cut.extend((!elements.is_empty()).then(|| "all buttons: the card's id is too long".to_owned()));
        return rows;
    }
    let mut room = limits::ROWS;
    let mut left_out = 0;
    for (number, row) in side_by_side(elements).into_iter().enumerate() {
        let labels: Vec<&str> = row.iter().filter_map(|element| element.label.as_deref()).collect();
        let labels = (!labels.is_empty()).then(|| small(&labels.join(" · ")));
        let elements: Vec<&Value> = row.iter().map(|element| &element.json).collect();
        let actions = json!({ "type": "actions", "block_id": drawn.to_text(number), "elements": elements });
        let blocks: Vec<Value> = labels.into_iter().chain([actions]).collect();
        let long: usize = blocks.iter().map(weight).sum();
        if rows.blocks.len() + blocks.len() > most_blocks || long > room {
            left_out += row.len();
            continue;
        }
        room -= long;
        rows.blocks.extend(blocks);
    }
    rows.cut.extend((left_out > 0).then(|| format!("buttons and choices ({left_out})")));
    rows
}

/// A line in small letters.
pub(super) fn small(words: &str) -> Value {
    json!({ "type": "context", "elements": [plain(&cut(words, limits::NOTE))] })
}

/// Words in which nothing means anything.
pub(super) fn plain(words: &str) -> Value {
    json!({ "type": "plain_text", "text": words, "emoji": false })
}

/// Buttons take what they need; what is left is shared among the selects.
fn elements<'c>(card: &'c Card, left_out: &mut Vec<String>) -> Vec<Element<'c>> {
    let mut room = limits::ACTIONS;
    let mut made: Vec<(usize, Element<'c>)> = Vec::new();
    let mut selects = Vec::new();
    for (number, action) in card.actions.iter().enumerate() {
        match action {
            Action::Select { .. } => selects.push((number, action)),
            Action::Form { command, label } => {
                let json = opening(number, command, label);
                if weight(&json) <= room {
                    room -= weight(&json);
                    made.push((number, Element { beside: Beside::Buttons, label: None, json }));
                } else {
                    left_out.push(format!("the button {}", cut(&one_line(label), 40)));
                }
            }
            Action::Button { action, label, weight: how, asks } => match button(number, action, (label, *how)) {
                Some(json) if weight(&json) + asked(asks.as_deref()) <= room => {
                    let json = asking(json, asks.as_deref(), left_out);
                    room -= weight(&json);
                    made.push((number, Element { beside: Beside::Buttons, label: None, json }));
                }
                _ => left_out.push(format!("the button {}", cut(&one_line(label), 40))),
            },
        }
    }
    let mut waiting = selects.len();
    for (number, action) in selects {
        let Action::Select { action, label, options, chosen } = action else { continue };
        let label = read(label, action);
        // The label stands above it, too.
        let share = (room / waiting).saturating_sub(length(&label) + 3);
        waiting -= 1;
        match select((action, &label), (options, chosen.as_deref()), share) {
            Some((json, told)) => {
                room -= weight(&json) + length(&label) + 3;
                left_out.extend(told);
                let of = action.split_once(':').map_or(action.as_str(), |(_, of)| of);
                made.push((number, Element { beside: Beside::Selects(of), label: Some(label), json }));
            }
            None => left_out.push(format!("the choice {}", cut(&label, 40))),
        }
    }
    made.sort_by_key(|(number, _)| *number);
    made.into_iter().map(|(_, element)| element).collect()
}

/// A press comes back with `value`; the id has only to differ from all others of the message.
fn button(number: usize, action: &str, (label, how): (&str, Weight)) -> Option<Value> {
    if action.is_empty() || length(action) > limits::VALUE {
        return None;
    }
    let mut button = json!({
        "type": "button",
        "action_id": format!("press:{number}"),
        "text": plain(&read(label, action)),
        "value": action,
    });
    match how {
        Weight::Primary => button["style"] = json!("primary"),
        Weight::Danger => button["style"] = json!("danger"),
        Weight::Normal => {}
    }
    Some(button)
}

/// A button whose press asks for a form; in which channel, the press tells.
fn opening(number: usize, command: &CommandName, label: &str) -> Value {
    let carried = Carried::of(command, None);
    json!({
        "type": "button",
        "action_id": format!("{OPENS}{number}"),
        "text": plain(&read(label, command.as_str())),
        "value": carried.to_text(),
    })
}

/// What a question may weigh at most.
fn asked(asks: Option<&Confirmation>) -> usize {
    asks.map_or(0, |_| limits::ASK_TITLE + limits::ASK_TEXT + 2 * limits::ASK_BUTTON + STYLE)
}

/// A button that asks before its press is sent. Plain text alone: in a question, too, foreign words mean nothing.
fn asking(mut button: Value, asks: Option<&Confirmation>, left_out: &mut Vec<String>) -> Value {
    let Some(Confirmation { title, text, does }) = asks else { return button };
    let text = clean(&text.to_plain());
    let shown =
        [one_line(title), text, one_line(does)].map(|words| if words.is_empty() { "…".to_owned() } else { words });
    let [title, text, does] = &shown;
    left_out.extend((length(text) > limits::ASK_TEXT).then(|| format!("the end of what {} asks", cut(does, 40))));
    let mut confirm = json!({
        "title": plain(&cut(title, limits::ASK_TITLE)),
        "text": plain(&cut(text, limits::ASK_TEXT)),
        "confirm": plain(&cut(does, limits::ASK_BUTTON)),
        "deny": plain(DENY),
    });
    if let Some(style) = button.get("style") {
        confirm["style"] = style.clone();
    }
    button["confirm"] = confirm;
    button
}

/// What is read of a button or a select; Slack takes none without a letter.
fn read(label: &str, action: &str) -> String {
    let names = [label, action].map(one_line);
    cut(names.iter().find(|name| !name.is_empty()).map_or("…", String::as_str), limits::BUTTON)
}

/// The elements by rows: a row is of one kind, not too long, and names nothing twice.
fn side_by_side(elements: Vec<Element<'_>>) -> Vec<Vec<Element<'_>>> {
    let mut rows: Vec<Vec<Element<'_>>> = Vec::new();
    for element in elements {
        let fits = |row: &&mut Vec<Element<'_>>| {
            let is_new = row.iter().all(|other| other.json["action_id"] != element.json["action_id"]);
            is_new && row.len() < limits::ROW && row.iter().all(|other| other.beside == element.beside)
        };
        match rows.last_mut().filter(fits) {
            Some(row) => row.push(element),
            None => rows.push(vec![element]),
        }
    }
    rows
}
