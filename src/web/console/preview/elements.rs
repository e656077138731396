//! Buttons, selects and fields as HTML, and the texts on them.

use maud::{Markup, html};
use serde_json::Value;

use super::blocks::{list, of};

/// A text object. One that Slack reads for marks is shown as it is sent, and looks like it.
pub(super) fn words(words: &Value) -> Markup {
    let is_read_for_marks = of(words, "type") == "mrkdwn";
    html! {
        @if is_read_for_marks { span.mrkdwn title="mrkdwn" { (of(words, "text")) } } @else { (of(words, "text")) }
    }
}

/// What is pressed, chosen or filled in.
pub(super) fn element(element: &Value) -> Markup {
    match of(element, "type") {
        "button" => button(element),
        "static_select" => select(element),
        "external_select" => external_select(element),
        "plain_text_input" => text_input(element),
        "checkboxes" => boxes(element),
        "datepicker" => html! {
            input.field type="date" value=(of(element, "initial_date")) title=(of(element, "action_id"));
        },
        other => html! { span.unknown { (other) } },
    }
}

fn button(button: &Value) -> Markup {
    let style = of(button, "style");
    html! {
        @if let Some(url) = button.get("url").and_then(Value::as_str) {
            a.button href=(url) rel="noopener noreferrer" { (words(&button["text"])) }
        } @else {
            button.primary[style == "primary"].danger[style == "danger"] type="button" title=(of(button, "value")) {
                (words(&button["text"]))
            }
        }
        @if let Some(confirm) = button.get("confirm") { (question(confirm)) }
    }
}

/// What is asked before a press is sent; Slack shows it then, this page at once.
fn question(confirm: &Value) -> Markup {
    html! {
        span.question {
            b { (words(&confirm["title"])) } " " (words(&confirm["text"])) " "
            span.answers { "[" (words(&confirm["deny"])) "] [" (words(&confirm["confirm"])) "]" }
        }
    }
}

fn select(select: &Value) -> Markup {
    let chosen = of(&select["initial_option"], "value");
    html! {
        select.field title=(of(select, "action_id")) {
            @if chosen.is_empty() { option selected { (words(&select["placeholder"])) } }
            @for option in list(select, "options") {
                option value=(of(option, "value")) selected[of(option, "value") == chosen] { (words(&option["text"])) }
            }
        }
    }
}

/// Its options come when somebody types; here is what it shows before.
fn external_select(select: &Value) -> Markup {
    let shown = select.get("initial_option").map_or(&select["placeholder"], |option| &option["text"]);
    html! { select.field title=(of(select, "action_id")) { option { (words(shown)) } } }
}

fn boxes(boxes: &Value) -> Markup {
    let ticked = list(boxes, "initial_options");
    html! {
        @for option in list(boxes, "options") {
            span.box title=(of(boxes, "action_id")) {
                input type="checkbox" checked[ticked.contains(option)] value=(of(option, "value"));
                (words(&option["text"]))
            }
        }
    }
}

fn text_input(input: &Value) -> Markup {
    let (placeholder, initial) = (of(&input["placeholder"], "text"), of(input, "initial_value"));
    html! {
        @if input["multiline"] == true {
            textarea.field rows="3" placeholder=(placeholder) title=(of(input, "action_id")) { (initial) }
        } @else {
            input.field type="text" placeholder=(placeholder) value=(initial) title=(of(input, "action_id"));
        }
    }
}
