//! A person's own page as the home tab. Source: Slack's reference of home views.

use serde_json::{Value, json};

use super::actions::plain;
use super::card::sign;
use super::rich::{self, Line, Style};
use super::words::{cut, one_line};
use super::{Surroundings, limits};
use crate::card::model::{Door, Entry, Page, Section, To};
use crate::domain::{CommandName, RoomId};

/// What a row of doors is called, with its number behind.
pub struct Doors<'d> {
    /// What its name begins with.
    pub row: &'d str,
    /// What a door to a form carries.
    pub carried: &'d dyn Fn(&CommandName, Option<&RoomId>) -> String,
}

/// The home view. What has no room is left out, from the end.
pub fn home(page: &Page, around: &Surroundings<'_>, doors: &Doors<'_>) -> Value {
    let mut blocks: Vec<Value> = Vec::new();
    blocks.extend(row(&page.doors, 0, doors));
    for section in &page.sections {
        blocks.extend(self::section(section, around, (doors, blocks.len())));
    }
    blocks.truncate(limits::VIEW_BLOCKS);
    json!({ "type": "home", "blocks": blocks })
}

fn section(section: &Section, around: &Surroundings<'_>, (doors, before): (&Doors<'_>, usize)) -> Vec<Value> {
    let title = json!({ "type": "header", "text": plain(&cut(&one_line(&section.title), limits::HEADER)) });
    let mut blocks = vec![title];
    if section.entries.is_empty() {
        let mut line = Line::within(limits::FACT);
        line.marked(&section.nothing, around);
        blocks.extend(line.section().and_then(|line| rich::block(&[line])));
    }
    for entry in &section.entries {
        blocks.extend(told(entry, around));
        blocks.extend(row(&entry.doors, before + blocks.len(), doors));
    }
    blocks
}

fn told(entry: &Entry, around: &Surroundings<'_>) -> Option<Value> {
    let mut line = Line::within(limits::TITLE);
    line.emoji(sign(entry.state).name);
    line.text(" ", Style::Plain);
    line.text(entry.state.word(), Style::Bold);
    line.text(" · ", Style::Plain);
    line.marked(&entry.told, around);
    rich::block(&[line.section()?])
}

fn row(all: &[Door], number: usize, doors: &Doors<'_>) -> Option<Value> {
    let button = |(place, door): (usize, &Door)| {
        let mut button = json!({
            "type": "button",
            "action_id": format!("door:{place}"),
            "text": plain(&cut(&one_line(&door.label), limits::BUTTON)),
        });
        match &door.to {
            To::Form { command, room } => button["value"] = json!((doors.carried)(command, room.as_ref())),
            To::Address(address) => button["url"] = json!(address),
        }
        button
    };
    let buttons: Vec<Value> = all.iter().take(limits::ROW).enumerate().map(button).collect();
    let row = format!("{}{number}", doors.row);
    (!buttons.is_empty()).then(|| json!({ "type": "actions", "block_id": row, "elements": buttons }))
}
