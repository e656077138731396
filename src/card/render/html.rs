//! HTML for the console; maud escapes every text it is given.

use maud::{Markup, html};

use crate::card::model::{Action, Card, Confirmation, Content, File, Part, Weight};
use crate::domain::marked::{Marked, Span};

/// As much of a file stands in a page.
const FILE: usize = 64 * 1024;

/// The HTML form of a message.
pub fn content(content: &Content) -> Markup {
    match content {
        Content::Text(text) => html! { p { (marked(text)) } },
        Content::Card(card) => self::card(card),
        Content::Log(log) => html! { p { (marked(&log.words)) } pre.log { @for line in &log.lines { (line) "\n" } } },
        Content::File(file) => self::file(file),
    }
}

/// A file, folded.
fn file(file: &File) -> Markup {
    let (left_out, end) = file.end(FILE);
    html! {
        details.file {
            summary { (file.title) " " code { (file.name) } }
            @if left_out > 0 { p.hint { "Its first " (left_out) " lines are left out here." } }
            pre.log { (end) }
        }
    }
}

/// A card; its buttons belong to the form around it, which says who presses and where.
fn card(card: &Card) -> Markup {
    html! {
        article.card data-state=(card.state.word()) data-card=(card.id) {
            h3 { span.state { (card.state.sign()) " " (card.state.word()) } " " (marked(&card.title)) }
            dl { @for fact in &card.facts { div { dt { (fact.label) } dd { (marked(&fact.value)) } } } }
            @if !card.parts.is_empty() { ul.parts { @for part in &card.parts { (self::part(part)) } } }
            @if !card.log.is_empty() { pre { @for line in &card.log { (line) "\n" } } }
            input type="hidden" name="card" value=(card.id);
            input type="hidden" name="guard" value=(card.guard);
            div.actions { @for action in &card.actions { (self::action(action)) } }
        }
    }
}

fn part(part: &Part) -> Markup {
    html! {
        li data-state=(part.state.word()) {
            span.state { (part.state.sign()) " " (part.word()) } " " b { (part.name) } " " (marked(&part.told))
        }
    }
}

fn action(action: &Action) -> Markup {
    match action {
        // The script asks before it sends; without a script the press is sent as it is.
        Action::Button { action, label, weight, asks } => html! {
            button.primary[*weight == Weight::Primary].danger[*weight == Weight::Danger]
                type="submit" name="action" value=(action) data-asks=[asks.as_deref().map(asked)] { (label) }
        },
        // The card itself is the console's form.
        Action::Form { .. } => html! {},
        // Without a script the choice is sent by its own small button.
        Action::Select { action, label, options, chosen } => html! {
            label.choice { (label) " "
                select name={ "value." (action) } {
                    @for option in options {
                        option value=(option) selected[chosen.as_ref() == Some(option)] { (option) }
                    }
                }
                button.choose type="submit" name="action" value=(action) { "Choose" }
            }
        },
    }
}

/// A question as the browser's own dialog shows it: words alone.
fn asked(asks: &Confirmation) -> String {
    format!("{}\n\n{}", asks.title, asks.text.to_plain())
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
        Span::Room(room) => html! { a.room href={ "/?room=" (room.local()) } { "#" (room.local()) } },
        Span::Mention(person) => html! { span.mention { "@" (person) } },
        Span::Link { words, address } => html! { a href=(address) rel="noopener noreferrer" { (words) } },
    }
}

fn lines(words: &str) -> Markup {
    html! { @for (number, line) in words.split('\n').enumerate() { @if number > 0 { br; } (line) } }
}
