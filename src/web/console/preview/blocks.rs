//! Block Kit's blocks as HTML: those that we send, in messages and in views.

use maud::{Markup, html};
use serde_json::Value;

use super::elements::{element, words};
use super::rich;

/// All blocks, in order.
pub(super) fn blocks(blocks: &[Value]) -> Markup {
    html! { @for block in blocks { (self::block(block)) } }
}

fn block(block: &Value) -> Markup {
    match of(block, "type") {
        "header" => html! { h3.header { (words(&block["text"])) } },
        "section" => section(block),
        "context" => html! { p.context { @for element in list(block, "elements") { span { (words(element)) } } } },
        "divider" => html! { hr; },
        "actions" => html! {
            div.actions title=(of(block, "block_id")) {
                @for element in list(block, "elements") { (self::element(element)) }
            }
        },
        "rich_text" => html! { div.rich { @for part in list(block, "elements") { (rich::part(part)) } } },
        "input" => input(block),
        other => html! { p.unknown { "A block that this page does not draw: " (other) } },
    }
}

fn section(block: &Value) -> Markup {
    html! {
        div.section {
            div {
                @if block.get("text").is_some() { p { (words(&block["text"])) } }
                @if !list(block, "fields").is_empty() {
                    div.fields { @for field in list(block, "fields") { p { (words(field)) } } }
                }
            }
            @if let Some(accessory) = block.get("accessory") { (element(accessory)) }
        }
    }
}

/// A field of a view.
fn input(block: &Value) -> Markup {
    html! {
        label.input {
            span.label { (words(&block["label"])) @if block["optional"] == true { span.optional { " (optional)" } } }
            (element(&block["element"]))
            @if let Some(hint) = block.get("hint") { span.hint { (words(hint)) } }
        }
    }
}

/// A text of an object; empty where it has none.
pub(super) fn of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of an object; empty where it has none.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
