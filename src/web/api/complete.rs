//! What may come next in a message that is being typed: the grammar's offers, and names that the house knows.

use axum::Json;
use axum::extract::{Query, State as Shared};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::command::complete::{self, Next, Offer, Wanted, What};
use crate::command::{quoted_if_needed, usage};
use crate::domain::person::Actor;
use crate::domain::{ChatName, PersonId, RoomId};
use crate::event::chat::being_typed;
use crate::names::{Named, Names};
use crate::policy::{self, Action};
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::messages::asker;
use crate::web::state::State;

/// The most offers in one answer.
const MOST: usize = 8;

/// What is being typed, up to the cursor.
#[derive(Deserialize)]
pub(super) struct Typed {
    /// The room's own id.
    #[serde(default)]
    room: String,
    text: String,
    /// Dev profile only: as whom.
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
}

pub(super) async fn complete(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Query(Typed { room, text, acting_as }): Query<Typed>,
) -> Result<Json<Value>, WebError> {
    let asker = asker(&state, &visitor, acting_as)?;
    let line = being_typed(&text);
    let next = line.map(|line| next(&state, &asker, line)).unwrap_or_default();
    let mut offers = match &next.wanted {
        Some(wanted) => known(&state, &room, wanted).await?,
        None => Vec::new(),
    };
    offers.extend(next.offers);
    offers.sort_by_key(|offer| offer.fit);
    let items: Vec<Value> =
        offers.iter().take(MOST).map(|offer| json!({ "text": offer.text, "hint": offer.hint })).collect();
    // The line is the end of the text; browsers count in UTF-16.
    let from = line.map_or(text.len(), |line| text.len() - line.len() + next.from);
    let command = next.spec.as_ref().map(|spec| &spec.command);
    Ok(Json(json!({
        "usage": command.map(usage),
        "summary": command.map(|command| &command.summary),
        "from": text.get(..from).unwrap_or_default().encode_utf16().count(),
        "items": items,
    })))
}

fn next(state: &State, asker: &Actor, line: &str) -> Next {
    let rules = state.rules.load();
    let may = |command: &_| policy::could(&rules, asker, &Action { command: Clone::clone(command) });
    complete::next(&state.grammar.load(), line, may)
}

/// The names of what is wanted that fit, as they are to be typed.
async fn known(state: &State, room: &str, wanted: &Wanted) -> Result<Vec<Offer>, WebError> {
    let names = Names {
        rules: state.rules.load_full(),
        project: state.project.clone(),
        source: state.source.clone(),
        store: state.store.clone(),
    };
    let room = RoomId::new(&ChatName::console(), room);
    let is_given = |name: &str| {
        wanted.what == What::Component && wanted.given.iter().any(|given| given.split('@').next() == Some(name))
    };
    let typed = |name: &str| match &wanted.what {
        What::BranchOf { component } => quoted_if_needed(&format!("{component}@{name}")),
        _ => quoted_if_needed(name),
    };
    let all = names.of(&wanted.what, Some(&room)).await?;
    let offers = all.iter().filter(|named| !is_given(&named.name)).filter_map(|named| offer(&wanted.prefix, named));
    Ok(offers.map(|offer| Offer { text: typed(&offer.text), ..offer }).collect())
}

/// Its name, if that or what else it is called fits and is not whole already.
fn offer(prefix: &str, named: &Named) -> Option<Offer> {
    let by_name = Offer::fitting(prefix, &named.name, &named.hint);
    let mut others = named.called.iter().filter(|_| named.name != prefix);
    by_name.or_else(|| {
        let fitting = others.find_map(|called| Offer::fitting(prefix, called, &named.hint));
        fitting.map(|offer| Offer { text: named.name.clone(), ..offer })
    })
}
