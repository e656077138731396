//! The console's pages: server-rendered, readable and usable without a script.

mod page;

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Query, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::auth::Visitor;
use super::error::WebError;
use super::messages::{Line, take};
use super::presses::{self, Press};
use super::state::State;
use crate::domain::PersonId;
use crate::store::console;

/// How many messages the page shows.
const SHOWN: i64 = 200;

#[derive(Deserialize)]
pub(super) struct Shown {
    room: Option<String>,
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
}

/// The home page: rooms and the conversation of one.
pub(super) async fn home(
    visitor: Result<Visitor, WebError>,
    Shared(state): Shared<State>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let visitor = match visitor {
        Ok(visitor) => visitor,
        Err(refusal @ WebError::NotLoggedIn) => return Ok(page::refused(&refusal).into_response()),
        Err(other) => return Err(other),
    };
    let mut reader = state.store.reader().await?;
    let rooms = console::rooms(&mut reader).await?;
    let open = rooms.iter().find(|room| Some(&room.id) == shown.room.as_ref()).or(rooms.first());
    let reads = shown.acting_as.as_ref().unwrap_or(&visitor.person);
    let messages = match open {
        Some(room) => console::latest(&mut reader, &room.id, reads, SHOWN).await?,
        None => Vec::new(),
    };
    let members = match open {
        Some(room) => console::members(&mut reader, &room.id).await?,
        None => Vec::new(),
    };
    let rules = state.rules.load();
    let people: Vec<_> = if state.settings.may_act_as_others { rules.people.values().collect() } else { Vec::new() };
    let page = page::Page {
        visitor: &visitor,
        rooms: &rooms,
        open,
        messages: &messages,
        people: &people,
        reads,
        members: &members,
    };
    Ok(page.render().into_response())
}

#[derive(Deserialize)]
pub(super) struct Said {
    room: String,
    text: String,
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
    form_key: String,
}

/// Sends a line, and shows the room again.
pub(super) async fn say(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Form(said): Form<Said>,
) -> Result<Redirect, WebError> {
    visitor.check_form(Some(&said.form_key))?;
    let Said { room, text, acting_as, .. } = said;
    let back = page_of(&room, acting_as.as_ref());
    take(&state, &visitor, Line { room, text, acting_as, key: None, is_for_us: false }).await?;
    Ok(Redirect::to(&back))
}

#[derive(Deserialize)]
pub(super) struct Pressed {
    room: String,
    message: String,
    action: String,
    guard: String,
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
    form_key: String,
    /// The card's selects: `value.choose:web` is the choice that the button `choose:web` sends.
    #[serde(flatten)]
    values: BTreeMap<String, String>,
}

/// Presses a button on a card, and shows the room again.
pub(super) async fn press(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Form(pressed): Form<Pressed>,
) -> Result<Redirect, WebError> {
    visitor.check_form(Some(&pressed.form_key))?;
    let Pressed { room, message, action, guard, acting_as, mut values, .. } = pressed;
    let guard = guard.parse().map_err(|_| WebError::Bad("The guard is no number.".into()))?;
    let value = values.remove(&format!("value.{action}"));
    let back = page_of(&room, acting_as.as_ref());
    presses::take(&state, &visitor, Press { message, action, value, guard, acting_as, key: None }).await?;
    Ok(Redirect::to(&back))
}

/// The address of a room's page.
fn page_of(room: &str, acting_as: Option<&PersonId>) -> String {
    match acting_as {
        Some(person) => format!("/?room={room}&as={person}"),
        None => format!("/?room={room}"),
    }
}
