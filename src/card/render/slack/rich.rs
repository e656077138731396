//! Rich text: elements that Slack shows letter by letter, so that nothing in foreign words can mean anything.

use serde_json::{Value, json};

use super::words::{clean, length, split};
use super::{Surroundings, limits};
use crate::domain::marked::{Marked, Span};
use crate::domain::{ChatName, RoomId};

/// How words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Bold,
    Code,
}

/// Elements one behind the other, within a length.
pub(super) struct Line {
    elements: Vec<Value>,
    room: usize,
    is_cut: bool,
}

impl Line {
    /// An empty line that takes so many letters.
    pub(super) fn within(room: usize) -> Self {
        // One letter is kept for the sign that there is more.
        Self { elements: Vec::new(), room: room.saturating_sub(1), is_cut: false }
    }

    /// Adds words, in as many elements as they need.
    pub(super) fn text(&mut self, words: &str, style: Style) {
        let words = clean(words);
        let mut rest = words.as_str();
        while !rest.is_empty() && !self.is_cut {
            let (piece, after) = split(rest, self.room.min(limits::TEXT));
            if piece.is_empty() {
                return self.end();
            }
            self.room -= length(piece);
            self.elements.push(text(piece, style));
            rest = after;
        }
    }

    /// Adds an emoji by its name.
    pub(super) fn emoji(&mut self, name: &str) {
        self.whole(json!({ "type": "emoji", "name": name }), length(name));
    }

    /// Adds marked text.
    pub(super) fn marked(&mut self, marked: &Marked, around: &Surroundings<'_>) {
        for span in marked.spans() {
            match span {
                Span::Text(words) => self.text(&words, Style::Plain),
                Span::Bold(words) => self.text(&words, Style::Bold),
                Span::Code(words) => self.text(&words, Style::Code),
                Span::Mention(person) => match around.account_of(&person) {
                    Some(account) => self.whole(json!({ "type": "user", "user_id": account }), length(&account)),
                    None => self.text(&format!("@{person}"), Style::Plain),
                },
                Span::Room(room) => match channel(&room) {
                    Some(id) => self.whole(json!({ "type": "channel", "channel_id": id }), length(id)),
                    None => self.text(&format!("#{}", room.local()), Style::Plain),
                },
                Span::Link { words, address } => self.link(&words, &address, around),
            }
        }
    }

    fn link(&mut self, words: &str, address: &str, around: &Surroundings<'_>) {
        let words = clean(words);
        match around.address(address).filter(|_| length(&words) <= limits::TEXT && !words.trim().is_empty()) {
            Some(url) => {
                let long = length(&words) + length(&url);
                self.whole(json!({ "type": "link", "url": url, "text": words }), long);
            }
            None => self.text(&words, Style::Plain),
        }
    }

    /// Adds what is shown whole or not at all.
    fn whole(&mut self, element: Value, long: usize) {
        if self.is_cut {
            return;
        }
        if long > self.room {
            return self.end();
        }
        self.room -= long;
        self.elements.push(element);
    }

    fn end(&mut self) {
        self.is_cut = true;
        self.elements.push(text("…", Style::Plain));
    }

    /// Whether something had no room.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The line as a section; nothing when it has nothing to show.
    pub(super) fn section(self) -> Option<Value> {
        self.part("rich_text_section")
    }

    /// The line as a block of letters that are all as wide.
    pub(super) fn preformatted(self) -> Option<Value> {
        self.part("rich_text_preformatted")
    }

    fn part(self, kind: &str) -> Option<Value> {
        (!self.elements.is_empty()).then(|| json!({ "type": kind, "elements": self.elements }))
    }
}

/// A block of parts; nothing when there are none.
pub(super) fn block(parts: &[Value]) -> Option<Value> {
    (!parts.is_empty()).then(|| json!({ "type": "rich_text", "elements": parts }))
}

/// The id of a channel of this chat.
pub(super) fn channel(room: &RoomId) -> Option<&str> {
    Some(room.local()).filter(|local| room.chat() == ChatName::new("slack") && is_id(local))
}

/// Ids are capitals and digits; anything else in their place could end a mention and begin something else.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= limits::ID && text.chars().all(|letter| letter.is_ascii_alphanumeric())
}

fn text(words: &str, style: Style) -> Value {
    match style {
        Style::Plain => json!({ "type": "text", "text": words }),
        Style::Bold => json!({ "type": "text", "text": words, "style": { "bold": true } }),
        Style::Code => json!({ "type": "text", "text": words, "style": { "code": true } }),
    }
}
