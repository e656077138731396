//! A page for whoever works on cards, forms and pages: every sample as Slack would show it, drawn from the very blocks
//! that it would get.

mod blocks;
mod elements;
mod rich;
mod views;

#[cfg(test)]
mod tests;

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use super::page;
use crate::card::model::{Content, Log};
use crate::card::render::slack::{self, Rendered, Surroundings};
use crate::card::samples;
use crate::card::templates::Templates;
use crate::domain::PersonId;
use crate::domain::marked::Marked;
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::state::State;

/// Words with every mark, and some that must not be read for marks.
const WORDS: &str = "**Ready**: say `deploy web` or ask <@ana>, [here](/?room=lobby) or in <#slack:C0123>.\n\\> *not bold* \
    _not slanted_ :smile: \\<!channel\\> https://not.a.link";

/// One message or view on the page.
struct Shown {
    name: String,
    what: What,
}

enum What {
    Message(Rendered),
    View(Value),
}

/// The page. There is none outside the dev profile.
pub(in crate::web) async fn slack(
    visitor: Result<Visitor, WebError>,
    Shared(state): Shared<State>,
) -> Result<Response, WebError> {
    if !state.settings.may_act_as_others {
        return Err(WebError::Missing("page"));
    }
    match visitor {
        Ok(_) => {}
        Err(refusal @ WebError::NotLoggedIn) => return Ok(page::refused(&refusal).into_response()),
        Err(other) => return Err(other),
    }
    let rules = state.rules.load();
    // Accounts of nobody: a mention is drawn as Slack draws it, whether or not the config names an account.
    let account = |person: &PersonId| rules.people.contains_key(person).then(|| format!("U0{}", letters(person)));
    let origin = state.origin();
    let around = Surroundings { account: &account, console: Some(&origin) };
    let mut shown = messages(&state.templates.load(), &around)?;
    let views = views::all(&state.grammar.load(), &around).into_iter();
    shown.extend(views.map(|(name, view)| Shown { name, what: What::View(view) }));
    Ok(document(&shown).into_response())
}

fn letters(person: &PersonId) -> String {
    person.as_str().to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Every sample, as a message.
fn messages(templates: &Templates, around: &Surroundings<'_>) -> Result<Vec<Shown>, WebError> {
    let samples = samples::all(templates).map_err(|cause| {
        tracing::error!(error = %cause, "a sample card cannot be built");
        WebError::Internal
    })?;
    let cards = samples.into_iter().map(|(name, card)| (name, Content::Card(Box::new(card))));
    let words = ("words", Content::Text(Marked::new(WORDS)));
    let lines = ["starting", "<script>alert(1)</script> no database"].map(str::to_owned).into();
    let log = Log { words: Marked::new("The last lines of `web`, which failed at health:"), lines };
    let log = ("log", Content::Log(Box::new(log)));
    Ok([words, log].into_iter().chain(cards).map(|(name, content)| message(name, &content, around)).collect())
}

fn message(name: &str, content: &Content, around: &Surroundings<'_>) -> Shown {
    Shown { name: name.to_owned(), what: What::Message(slack::content(content, around)) }
}

fn document(shown: &[Shown]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Cards in Slack · Chamberlain" }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/preview.css";
            }
            body {
                header {
                    h1 { "Cards in Slack" }
                    p { "Every sample card, every form and a home tab, drawn from what Slack would get. Nothing here does anything." }
                }
                main { @for shown in shown { (one(shown)) } }
            }
        }
    }
}

fn one(shown: &Shown) -> Markup {
    html! {
        section.sample #(shown.name) {
            h2 { a href={ "#" (shown.name) } { (shown.name) } }
            @match &shown.what {
                What::Message(message) => (posted(message)),
                What::View(view) => (views::view(view)),
            }
        }
    }
}

fn posted(message: &Rendered) -> Markup {
    html! {
        article.message {
            div.avatar aria-hidden="true" { "C" }
            div.body {
                p.by { b { "Chamberlain" } " " span.app { "APP" } }
                (blocks::blocks(&message.blocks))
            }
        }
        dl {
            dt { "Notification" } dd { (message.text) }
            @if !message.cut.is_empty() { dt { "Left out" } dd { (message.cut.join(", ")) } }
        }
    }
}
