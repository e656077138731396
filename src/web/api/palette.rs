//! What a person may go to or run, as one list to search in.

use axum::Json;
use axum::extract::{Query, State as Shared};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::person::Actor;
use crate::domain::{CommandName, PersonId};
use crate::policy::{self, Action};
use crate::store::{console, environments};
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::messages::asker;
use crate::web::state::State;

/// The command that tells what runs where.
const STATUS: &str = "status";

#[derive(Deserialize)]
pub(super) struct Asked {
    /// Dev profile only: as whom.
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
}

pub(super) async fn palette(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Query(Asked { acting_as }): Query<Asked>,
) -> Result<Json<Vec<Value>>, WebError> {
    let asker = asker(&state, &visitor, acting_as)?;
    let mut reader = state.store.reader().await?;
    let mut list: Vec<Value> = console::rooms(&mut reader)
        .await?
        .iter()
        .map(|room| {
            let address = format!("/?room={}", room.id);
            json!({ "kind": "room", "text": room.name, "hint": room.topic, "address": address })
        })
        .collect();
    if could(&state, &asker, CommandName::new(STATUS)) {
        for name in environments::present(&mut reader).await? {
            list.extend(state.project.components.iter().map(|component| {
                let address = state.project.addresses.of(&name, &component.name);
                let text = format!("{name} {}", component.name);
                json!({ "kind": "environment", "text": text, "hint": "environment", "address": address })
            }));
        }
    }
    list.extend(commands(&state, &asker));
    Ok(Json(list))
}

fn commands(state: &State, asker: &Actor) -> Vec<Value> {
    let grammar = state.grammar.load();
    let allowed = grammar.commands().iter().filter(|spec| could(state, asker, spec.name.clone()));
    allowed.map(|spec| json!({ "kind": "command", "text": spec.name, "hint": spec.command.summary })).collect()
}

fn could(state: &State, asker: &Actor, command: CommandName) -> bool {
    policy::could(&state.rules.load(), asker, &Action { command })
}
