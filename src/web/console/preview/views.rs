//! Views as HTML: the modal of every form that skills declare, and a home tab, drawn from what Slack would get.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::blocks::{blocks, list, of};
use super::elements::words;
use crate::card::render::slack::{self, Surroundings};
use crate::card::samples;
use crate::command::{Grammar, form};
use crate::domain::form::{Form, Slot};

/// The components of the samples.
const COMPONENTS: [&str; 2] = ["api", "web"];

/// Every view, with its name.
pub(super) fn all(grammar: &Grammar, around: &Surroundings<'_>) -> Vec<(String, Value)> {
    let components = COMPONENTS.map(str::to_owned);
    let forms = grammar.commands().iter().filter_map(|spec| form(spec, &components));
    let forms = forms
        .map(|form| (format!("form-{}", form.command.as_str().replace(' ', "-")), slack::form(&opened(form), None)));
    let homes = [("home", samples::home(3)), ("home-of-nobody", samples::home(0))];
    let homes = homes.map(|(name, page)| (name.to_owned(), slack::home(&page, around)));
    let others = [("form-loading".to_owned(), slack::loading())];
    forms.chain(others).chain(homes).collect()
}

/// The form as it opens in the room of an iteration, at a message that names a branch.
fn opened(mut form: Form) -> Form {
    for field in &mut form.fields {
        field.filled = match &field.slot {
            Slot::Option(name) if name == "in" => Some("sprint-42".to_owned()),
            Slot::Version { component, .. } if component == "web" => Some("feature/pay#1".to_owned()),
            _ => None,
        };
    }
    form
}

/// A view in its frame.
pub(super) fn view(view: &Value) -> Markup {
    let is_modal = of(view, "type") == "modal";
    html! {
        article.view.modal[is_modal] title=(of(view, "private_metadata")) {
            @if is_modal { h3.title { (words(&view["title"])) } }
            div.body { (blocks(list(view, "blocks"))) }
            @if is_modal {
                footer {
                    button type="button" { (words(&view["close"])) }
                    @if view["submit"] != json!(null) { button.primary type="button" { (words(&view["submit"])) } }
                }
            }
        }
    }
}
