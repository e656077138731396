//! Rich text as HTML: sections, what is all as wide, lists and quotes, and the elements in them.

use maud::{Markup, html};
use serde_json::Value;

use super::blocks::{list, of};

/// The emoji that our cards use. Another is shown by its name, as Slack shows one that it does not know.
const EMOJI: &[(&str, &str)] = &[
    ("hourglass_flowing_sand", "⏳"),
    ("white_check_mark", "✅"),
    ("warning", "⚠️"),
    ("x", "❌"),
    ("white_circle", "⚪"),
];

/// A part of a rich text.
pub(super) fn part(part: &Value) -> Markup {
    match of(part, "type") {
        "rich_text_section" => html! { p { (elements(part)) } },
        "rich_text_preformatted" => html! { pre { (elements(part)) } },
        "rich_text_quote" => html! { blockquote { (elements(part)) } },
        "rich_text_list" => html! { ul { @for item in list(part, "elements") { li { (elements(item)) } } } },
        other => html! { p.unknown { "A part that this page does not draw: " (other) } },
    }
}

fn elements(part: &Value) -> Markup {
    html! { @for element in list(part, "elements") { (self::element(element)) } }
}

fn element(element: &Value) -> Markup {
    match of(element, "type") {
        "text" => styled(of(element, "text"), &element["style"]),
        "emoji" => emoji(of(element, "name")),
        "user" => html! { span.mention { "@" (of(element, "user_id")) } },
        "channel" => html! { span.mention { "#" (of(element, "channel_id")) } },
        "link" => {
            let (url, words) = (of(element, "url"), of(element, "text"));
            html! { a href=(url) rel="noopener noreferrer" { (if words.is_empty() { url } else { words }) } }
        }
        other => html! { span.unknown { (other) } },
    }
}

fn styled(words: &str, style: &Value) -> Markup {
    if style["code"] == true {
        html! { code { (words) } }
    } else if style["bold"] == true {
        html! { b { (words) } }
    } else {
        html! { (words) }
    }
}

fn emoji(name: &str) -> Markup {
    let known = EMOJI.iter().find(|(known, _)| *known == name);
    html! {
        @if let Some((_, glyph)) = known { span role="img" aria-label=(name) { (glyph) } } @else { ":" (name) ":" }
    }
}
