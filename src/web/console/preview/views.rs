//! Views as HTML: the modal of every form that skills declare, and a home tab, drawn from what Slack would get.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::blocks::{blocks, list, of};
use super::elements::words;
use crate::card::model::Page;
use crate::card::render::slack::{self, Doors, Surroundings};
use crate::card::samples;
use crate::command::{Grammar, form};
use crate::domain::form::{Form, Slot};
use crate::domain::{CommandName, RoomId};
use crate::event::chat::slack::form::{Carried, OPENS};

/// The components of the samples.
const COMPONENTS: [&str; 2] = ["api", "web"];

/// Every view, with its name.
pub(super) fn all(grammar: &Grammar, around: &Surroundings<'_>) -> Vec<(String, Value)> {
    let components = COMPONENTS.map(str::to_owned);
    let forms = grammar.commands().iter().filter_map(|spec| form(spec, &components));
    let forms = forms.map(|form| (format!("form-{}", form.command.as_str().replace(' ', "-")), modal(&opened(form))));
    let homes = [("home", samples::home(3)), ("home-of-nobody", samples::home(0))];
    let homes = homes.map(|(name, page)| (name.to_owned(), home(&page, around)));
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

fn modal(form: &Form) -> Value {
    let carried = carried(&form.command, None);
    slack::form(form, &carried)
}

fn home(page: &Page, around: &Surroundings<'_>) -> Value {
    slack::home(page, around, &Doors { row: OPENS, carried: &carried })
}

fn carried(command: &CommandName, room: Option<&RoomId>) -> String {
    Carried { command: command.clone(), channel: room.map(|room| room.local().to_owned()) }.to_text()
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
