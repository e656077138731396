//! The words beside the blocks: what a notification, a list of messages and a screen reader tell.

use super::words::{clean, escape, length, split};
use super::{Surroundings, card, limits, rich};
use crate::card::model::Content;
use crate::domain::marked::{Marked, Span};

/// Slack refuses a message without words.
const NOTHING: &str = "(nothing)";

/// The words of a message, as far as there is room. Of a card they are its first line.
pub(super) fn of(content: &Content, around: &Surroundings<'_>) -> String {
    let mut words = Words { text: String::new(), room: limits::NOTIFICATION - 1, is_cut: false };
    let told = match content {
        Content::Text(told) => told,
        Content::Log(log) => &log.words,
        Content::File(file) => {
            words.add(&file.title);
            &Marked::plain("")
        }
        Content::Card(card) => {
            words.add(&format!("{} {} · ", card::sign(card.state).glyph, card.state.word()));
            &card.title
        }
    };
    for span in told.spans() {
        words.span(&span, around);
    }
    if words.text.trim().is_empty() { NOTHING.to_owned() } else { words.text }
}

struct Words {
    text: String,
    room: usize,
    is_cut: bool,
}

impl Words {
    fn span(&mut self, span: &Span, around: &Surroundings<'_>) {
        match span {
            Span::Text(words) | Span::Bold(words) | Span::Code(words) | Span::Link { words, .. } => self.add(words),
            Span::Mention(person) => match around.account_of(person) {
                Some(account) => self.token(&format!("<@{account}>")),
                None => self.add(&format!("@{person}")),
            },
            Span::Room(room) => match rich::channel(room) {
                Some(id) => self.token(&format!("<#{id}>")),
                None => self.add(&format!("#{}", room.local())),
            },
        }
    }

    /// Adds foreign words: escaped, and cut before an escape rather than within it.
    fn add(&mut self, words: &str) {
        if self.is_cut {
            return;
        }
        let words = clean(words);
        let (kept, rest) = split(&words, self.room);
        self.room -= length(kept);
        self.text.push_str(&escape(kept));
        if !rest.is_empty() {
            self.end();
        }
    }

    /// Adds something of ours that means something, whole or not at all.
    fn token(&mut self, token: &str) {
        if self.is_cut {
            return;
        }
        if token.len() > self.room {
            return self.end();
        }
        self.room -= token.len();
        self.text.push_str(token);
    }

    fn end(&mut self) {
        self.is_cut = true;
        self.text.push('…');
    }
}
