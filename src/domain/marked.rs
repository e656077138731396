//! Neutral marked text: what templates and refusals yield and every renderer understands.
//!
//! Five marks: `**bold**`, `` `code` ``, `[words](https://…)`, `<@person>` and `<#room>`; a backslash takes the next letter
//! literally, inside code too. Reading never fails: a mark that is not closed is plain text.

use serde::{Deserialize, Serialize};

use super::{PersonId, RoomId};

/// Text in the neutral form. Foreign text gets in only through [`escape`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marked(String);

/// A piece of marked text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Plain words; newlines count.
    Text(String),
    /// Stressed words.
    Bold(String),
    /// Something to be read letter by letter: a name, a version, a command to copy.
    Code(String),
    /// Words that lead to an address.
    Link {
        /// What is read.
        words: String,
        /// Only `http`, `https` and addresses within the console (`/…`) are links; others stay words.
        address: String,
    },
    /// A person, by the chat's own way of mentioning where it has one.
    Mention(PersonId),
    /// A room, by the chat's own way of linking where it has one.
    Room(RoomId),
}

const MARKS: &[char] = &['\\', '*', '`', '[', ']', '(', ')', '<', '>'];

/// Makes foreign text plain within marked text: the one escape function of all templates and refusals.
pub fn escape(foreign: &str) -> String {
    let mut safe = String::with_capacity(foreign.len());
    for letter in foreign.chars() {
        if MARKS.contains(&letter) {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

impl Marked {
    /// Takes text that is already in the neutral form (a rendered template, a refusal).
    pub fn new(marked: impl Into<String>) -> Self {
        Self(marked.into())
    }

    /// Takes foreign text, all of it plain.
    pub fn plain(foreign: &str) -> Self {
        Self(escape(foreign))
    }

    /// The neutral form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The words without their marks; a link keeps its address behind them, unless they are the same.
    pub fn to_plain(&self) -> String {
        let plain = |span| match span {
            Span::Text(words) | Span::Bold(words) => words,
            Span::Code(words) => format!("`{words}`"),
            Span::Mention(person) => format!("@{person}"),
            Span::Room(room) => format!("#{}", room.local()),
            Span::Link { words, address } if words == address => address,
            Span::Link { words, address } => format!("{words} ({address})"),
        };
        self.spans().into_iter().map(plain).collect()
    }

    /// The pieces, in order.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut words = String::new();
        let mut rest = self.0.as_str();
        while let Some(letter) = rest.chars().next() {
            if let Some((span, after)) = marked_span(rest) {
                if !words.is_empty() {
                    spans.push(Span::Text(std::mem::take(&mut words)));
                }
                spans.push(span);
                rest = after;
            } else if let Some(literal) = rest.strip_prefix('\\').and_then(|r| r.chars().next()) {
                words.push(literal);
                rest = &rest[1 + literal.len_utf8()..];
            } else {
                words.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
        if !words.is_empty() {
            spans.push(Span::Text(words));
        }
        spans
    }
}

/// The marked span that `text` begins with, and what comes behind it.
fn marked_span(text: &str) -> Option<(Span, &str)> {
    let full = |(words, after): (String, _)| (!words.is_empty()).then_some((words, after));
    if let Some(inner) = text.strip_prefix("**") {
        return until(inner, "**").and_then(full).map(|(words, after)| (Span::Bold(words), after));
    }
    if let Some(inner) = text.strip_prefix('`') {
        return until(inner, "`").and_then(full).map(|(words, after)| (Span::Code(words), after));
    }
    if let Some(inner) = text.strip_prefix("<@") {
        let (person, after) = until(inner, ">").and_then(full)?;
        return Some((Span::Mention(PersonId::new(person)), after));
    }
    if let Some(inner) = text.strip_prefix("<#") {
        let (room, after) = until(inner, ">").and_then(full)?;
        return Some((RoomId::parse(&room).map_or(Span::Text(room), Span::Room), after));
    }
    let (words, after) = until(text.strip_prefix('[')?, "](").and_then(full)?;
    let (address, after) = until(after, ")")?;
    let span = if is_address(&address) { Span::Link { words, address } } else { Span::Text(words) };
    Some((span, after))
}

/// The letters up to `end`, escapes undone, and what comes behind `end`; nothing when it never ends.
fn until<'t>(text: &'t str, end: &str) -> Option<(String, &'t str)> {
    let mut words = String::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(end) {
            return Some((words, after));
        }
        let mut letters = rest.chars();
        let mut letter = letters.next()?;
        if letter == '\\' {
            letter = letters.next()?;
        }
        words.push(letter);
        rest = letters.as_str();
    }
}

fn is_address(address: &str) -> bool {
    let inside = address.starts_with('/') && !address.starts_with("//");
    (inside || address.starts_with("https://") || address.starts_with("http://"))
        && !address.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_read() {
        let text = Marked::new("**Ready**: `web` by <@ana>, [open](http://x.localhost:1/)");
        let spans = text.spans();
        assert_eq!(spans[0], Span::Bold("Ready".into()));
        assert_eq!(spans[2], Span::Code("web".into()));
        assert_eq!(spans[4], Span::Mention(PersonId::new("ana")));
        assert_eq!(spans[6], Span::Link { words: "open".into(), address: "http://x.localhost:1/".into() });
    }

    #[test]
    fn a_script_address_is_no_link() {
        let spans = Marked::new("[x](javascript:alert\\(1\\))").spans();
        assert_eq!(spans, [Span::Text("x".into())]);
    }

    proptest! {
        #[test]
        fn escaped_text_reads_back_as_itself(foreign in "\\PC{0,60}", around in "[a-z ]{0,5}") {
            let spans = Marked::new(format!("`{}`{around}", escape(&format!("x{foreign}")))).spans();
            prop_assert_eq!(&spans[0], &Span::Code(format!("x{foreign}")));
            let plain = Marked::plain(&format!("x{foreign}")).spans();
            prop_assert_eq!(plain, vec![Span::Text(format!("x{foreign}"))]);
        }
    }
}
