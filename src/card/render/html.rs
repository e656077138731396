//! HTML for the console; maud escapes every text it is given.

use maud::{Markup, html};

use crate::card::model::Content;
use crate::domain::marked::{Marked, Span};

/// The HTML form of a message.
pub fn content(content: &Content) -> Markup {
    match content {
        Content::Text(text) => html! { p { (marked(text)) } },
    }
}

/// Marked text as inline HTML; newlines become line breaks.
pub fn marked(text: &Marked) -> Markup {
    html! { @for span in text.spans() { (self::span(&span)) } }
}

fn span(span: &Span) -> Markup {
    match span {
        Span::Text(words) => lines(words),
        Span::Bold(words) => html! { strong { (lines(words)) } },
        Span::Code(words) => html! { code { (words) } },
        Span::Mention(person) => html! { span.mention { "@" (person) } },
        Span::Link { words, address } => html! { a href=(address) rel="noopener noreferrer" { (words) } },
    }
}

fn lines(words: &str) -> Markup {
    html! { @for (number, line) in words.split('\n').enumerate() { @if number > 0 { br; } (line) } }
}
