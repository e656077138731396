//! A person's own page as the home tab. Source: Slack's reference of home views.

use serde_json::{Value, json};

use super::actions::plain;
use super::card::sign;
use super::rich::{self, Line, Style};
use super::words::{cut, length, one_line};
use super::{Surroundings, limits};
use crate::card::model::{Door, Entry, Page, Section, To};
use crate::domain::form::{Carried, OPENS};
use crate::domain::marked::Marked;

/// The home view. What has no room is left out, from the end.
pub fn home(page: &Page, around: &Surroundings<'_>) -> Value {
    let mut view = View { blocks: Vec::new(), is_full: false, around };
    let top = view.row(&page.doors);
    view.add(top.into_iter().collect());
    for section in &page.sections {
        view.section(section);
    }
    json!({ "type": "home", "blocks": view.blocks })
}

/// A view that grows by what belongs together: an entry never stands without its doors.
struct View<'v> {
    blocks: Vec<Value>,
    is_full: bool,
    around: &'v Surroundings<'v>,
}

impl View<'_> {
    fn add(&mut self, together: Vec<Value>) {
        self.is_full |= self.blocks.len() + together.len() > limits::VIEW_BLOCKS;
        if !self.is_full {
            self.blocks.extend(together);
        }
    }

    fn section(&mut self, section: &Section) {
        let title = cut(&one_line(&section.title), limits::HEADER);
        let title = (!title.is_empty()).then(|| json!({ "type": "header", "text": plain(&title) }));
        let nothing = section.entries.is_empty().then(|| self.words(&section.nothing)).flatten();
        self.add(title.into_iter().chain(nothing).collect());
        for entry in &section.entries {
            let told = self.told(entry);
            let row = self.row(&entry.doors);
            self.add(told.into_iter().chain(row).collect());
        }
        let more = section.more.as_ref().and_then(|more| self.words(more));
        self.add(more.into_iter().collect());
    }

    fn words(&self, words: &Marked) -> Option<Value> {
        let mut line = Line::within(limits::FACT);
        line.marked(words, self.around);
        rich::block(&[line.section()?])
    }

    fn told(&self, entry: &Entry) -> Option<Value> {
        let mut line = Line::within(limits::TITLE);
        line.emoji(sign(entry.state).name);
        line.text(" ", Style::Plain);
        line.text(&cut(&one_line(&entry.word), limits::BUTTON), Style::Bold);
        line.text(" · ", Style::Plain);
        line.marked(&entry.told, self.around);
        rich::block(&[line.section()?])
    }

    /// A row is named after its place, so that no two of a view have the same name.
    fn row(&self, doors: &[Door]) -> Option<Value> {
        let buttons = doors.iter().filter_map(|door| self.button(door)).take(limits::ROW).enumerate();
        let buttons: Vec<Value> = buttons
            .map(|(place, mut button)| {
                button["action_id"] = json!(format!("door:{place}"));
                button
            })
            .collect();
        let row = format!("{OPENS}{}", self.blocks.len());
        (!buttons.is_empty()).then(|| json!({ "type": "actions", "block_id": row, "elements": buttons }))
    }

    /// A door; none where it would lead nowhere, since Slack refuses the whole view for one.
    fn button(&self, door: &Door) -> Option<Value> {
        let label = cut(&one_line(&door.label), limits::BUTTON);
        let mut button = json!({ "type": "button", "text": plain(&label) });
        match &door.to {
            To::Form { command, room } => {
                let carried = Carried::of(command, room.as_ref()).to_text();
                if length(&carried) > limits::VALUE {
                    return None;
                }
                button["value"] = json!(carried);
            }
            To::Address(address) => button["url"] = json!(self.around.address(address)?),
        }
        (!label.is_empty()).then_some(button)
    }
}
