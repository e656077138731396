//! A card: its first line, what there is to know, the parts, the log, and what may be done.

use serde_json::Value;

use super::actions::{rows, small};
use super::rich::{self, Line, Style};
use super::words::{cut, length, one_line, weight};
use super::{Surroundings, limits};
use crate::card::model::{Card, Fact, Log, Part, State};

/// The title, the facts, the parts, the log, and the note of what was left out.
const OTHER_BLOCKS: usize = 5;

/// How a state looks in Slack.
pub(super) struct Sign {
    /// The emoji's name.
    pub(super) name: &'static str,
    /// The same as a letter, for notifications.
    pub(super) glyph: &'static str,
}

/// The sign of a state; its word always stands beside it.
pub(super) fn sign(state: State) -> Sign {
    let (name, glyph) = match state {
        State::Running => ("hourglass_flowing_sand", "⏳"),
        State::Ok => ("white_check_mark", "✅"),
        State::Attention => ("warning", "⚠️"),
        State::Failed => ("x", "❌"),
        State::Idle => ("white_circle", "⚪"),
    };
    Sign { name, glyph }
}

/// The blocks of a card, and what was left out. Whoever comes first has the room: so the log is cut first, then the
/// parts, then the facts.
pub(super) fn blocks(card: &Card, around: &Surroundings<'_>) -> (Vec<Value>, Vec<String>) {
    let actions = rows(card, limits::BLOCKS - OTHER_BLOCKS);
    let taken = actions.blocks.iter().map(weight).sum::<usize>() + limits::NOTE;
    let mut page = Page { room: limits::ALL_BLOCKS - taken, blocks: Vec::new(), cut: Vec::new() };
    page.title(card, around);
    page.facts(&card.facts, around);
    page.parts(&card.parts, around);
    page.log(&card.log);
    page.cut.extend(actions.cut);
    let note = (!page.cut.is_empty()).then(|| note(&page.cut));
    let blocks = page.blocks.into_iter().chain(note).chain(actions.blocks).collect();
    (blocks, page.cut)
}

/// The blocks of a log, and what was left out: its first lines go first.
pub(super) fn log_blocks(log: &Log, around: &Surroundings<'_>) -> (Vec<Value>, Vec<String>) {
    let mut page = Page { room: limits::ALL_BLOCKS - limits::NOTE, blocks: Vec::new(), cut: Vec::new() };
    let mut line = Line::within(limits::TITLE);
    line.marked(&log.words, around);
    let is_cut = line.is_cut();
    page.first(line, is_cut.then(|| "the end of the words".to_owned()));
    page.log(&log.lines);
    let note = (!page.cut.is_empty()).then(|| note(&page.cut));
    (page.blocks.into_iter().chain(note).collect(), page.cut)
}

/// Tells a reader what was left out.
pub(super) fn note(cut: &[String]) -> Value {
    small(&format!("Not all fits here. Left out: {}", cut.join(" · ")))
}

/// The part of the message that is read, as it fills.
struct Page {
    room: usize,
    blocks: Vec<Value>,
    cut: Vec<String>,
}

impl Page {
    fn title(&mut self, card: &Card, around: &Surroundings<'_>) {
        let mut line = Line::within(limits::TITLE);
        line.emoji(sign(card.state).name);
        line.text(" ", Style::Plain);
        line.text(card.state.word(), Style::Bold);
        line.text(" · ", Style::Plain);
        line.marked(&card.title, around);
        let is_cut = line.is_cut();
        self.first(line, is_cut.then(|| "the end of the title".to_owned()));
    }

    /// The first line, which is always there.
    fn first(&mut self, line: Line, cut: Option<String>) {
        self.cut.extend(cut);
        let section = line.section();
        self.room -= section.as_ref().map_or(0, weight);
        self.block(section.as_slice());
    }

    fn facts(&mut self, facts: &[Fact], around: &Surroundings<'_>) {
        let mut shown = Vec::new();
        for (number, fact) in facts.iter().enumerate() {
            let label = one_line(&fact.label);
            let mut line = Line::within(limits::FACT);
            line.text(&format!("{label}:"), Style::Bold);
            line.text(" ", Style::Plain);
            line.marked(&fact.value, around);
            let name = format!("the end of {}", cut(&label, 40));
            if !self.take(&mut shown, line, name) {
                self.cut.push(format!("facts ({})", facts.len() - number));
                break;
            }
        }
        self.block(&shown);
    }

    fn parts(&mut self, parts: &[Part], around: &Surroundings<'_>) {
        let mut shown = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let name = one_line(&part.name);
            let mut line = Line::within(limits::PART);
            line.emoji(sign(part.state).name);
            line.text(&format!(" {} ", one_line(part.word())), Style::Plain);
            line.text(&name, Style::Bold);
            line.text(" ", Style::Plain);
            line.marked(&part.told, around);
            if !self.take(&mut shown, line, format!("the end of {}", cut(&name, 40))) {
                self.cut.push(format!("parts ({})", parts.len() - number));
                break;
            }
        }
        self.block(&shown);
    }

    /// Adds a line when there is room for it.
    fn take(&mut self, shown: &mut Vec<Value>, line: Line, name: String) -> bool {
        let is_cut = line.is_cut();
        let Some(section) = line.section() else { return true };
        let long = weight(&section);
        if long > self.room {
            return false;
        }
        self.room -= long;
        self.cut.extend(is_cut.then_some(name));
        shown.push(section);
        true
    }

    /// The last lines tell most, so that the first are left out.
    fn log(&mut self, lines: &[String]) {
        let mut room = self.room.saturating_sub(1);
        let mut shown = Vec::new();
        let mut shortened = 0;
        for line in lines.iter().rev() {
            let line = line.replace(['\r', '\n'], " ");
            let kept = cut(&line, limits::LOG_LINE);
            if length(&kept) + 1 > room {
                break;
            }
            room -= length(&kept) + 1;
            shortened += usize::from(kept != line);
            shown.push(kept);
        }
        shown.reverse();
        if shown.len() < lines.len() {
            self.cut.push(format!("earlier lines of the log ({})", lines.len() - shown.len()));
        }
        if shortened > 0 {
            self.cut.push(format!("the ends of long lines of the log ({shortened})"));
        }
        if shown.iter().any(|line| !line.trim().is_empty()) {
            let mut text = Line::within(self.room);
            text.text(&shown.join("\n"), Style::Plain);
            self.block(text.preformatted().as_slice());
        }
    }

    fn block(&mut self, parts: &[Value]) {
        self.blocks.extend(rich::block(parts));
    }
}
