//! The console's pages: server-rendered, readable and usable without a script, live with it.

mod live;
mod marks;
mod nav;
mod page;
mod pane;
pub(super) mod preview;
mod talk;
mod view;

pub(super) use live::live;

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::auth::Visitor;
use super::error::WebError;
use super::messages::{Line, check_acting, take};
use super::presses::{self, Press};
use super::state::State;
use crate::domain::PersonId;
use crate::domain::person::Person;
use crate::store::console;

/// Who looks at a page.
pub(super) struct Reader<'r> {
    visitor: &'r Visitor,
    /// Whose private answers are shown.
    reads: &'r PersonId,
    /// Whom one may write as; empty outside the dev profile.
    people: &'r [&'r Person],
}

impl Reader<'_> {
    /// Another person, where one may read and write as them.
    fn acting_as(&self) -> Option<&PersonId> {
        Some(self.reads).filter(|reads| **reads != self.visitor.person)
    }
}

#[derive(Deserialize)]
pub(super) struct Shown {
    room: Option<String>,
    thread: Option<String>,
    before: Option<i64>,
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
}

/// The home page: rooms, the conversation of one, its environment.
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
    if let Some(person) = &shown.acting_as {
        check_acting(&state, person)?;
    }
    let reads = shown.acting_as.as_ref().unwrap_or(&visitor.person);
    // Before anything else is looked up: what comes meanwhile comes once more, live, and is the same.
    let changed = console::newest_change(&mut state.store.reader().await?).await?;
    let rooms = view::rooms(&state, reads).await?;
    let first = || rooms.iter().find(|entry| entry.room.id == LOBBY).or(rooms.first());
    let open = rooms.iter().find(|entry| Some(&entry.room.id) == shown.room.as_ref()).or_else(first);
    let (talk, pane) = match open {
        Some(entry) => {
            let talk = view::talk(&state, entry.room.clone(), (reads, shown.before)).await?;
            (Some(talk), view::pane(&state, entry).await?)
        }
        None => (None, None),
    };
    let thread = match (&shown.thread, &talk) {
        (Some(root), Some(talk)) => {
            let mut reader = state.store.reader().await?;
            Some(console::thread(&mut reader, (&talk.room.id, reads), root).await?)
        }
        _ => None,
    };
    let rules = state.rules.load();
    let people: Vec<_> = if state.settings.may_act_as_others { rules.people.values().collect() } else { Vec::new() };
    let home = page::Page {
        reader: Reader { visitor: &visitor, reads, people: &people },
        rooms: &rooms,
        talk: talk.as_ref(),
        pane: pane.as_ref(),
        thread: shown.thread.as_deref().zip(thread.as_deref()),
        project: &state.project,
        changed,
    };
    Ok(home.render().into_response())
}

/// The room that is open when none is named.
const LOBBY: &str = "lobby";

#[derive(Deserialize)]
pub(super) struct Read {
    room: String,
    seq: i64,
    form_key: String,
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
}

/// Notes how far the reader has read.
pub(super) async fn read(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Form(read): Form<Read>,
) -> Result<StatusCode, WebError> {
    visitor.check_form(Some(&read.form_key))?;
    if let Some(person) = &read.acting_as {
        check_acting(&state, person)?;
    }
    let (room, person, seq) = (read.room, read.acting_as.unwrap_or(visitor.person), read.seq);
    state.store.write(move |tx| Box::pin(async move { console::read_up_to(tx, &room, &person, seq).await })).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct Said {
    room: String,
    text: String,
    #[serde(default)]
    thread: Option<String>,
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
    let Said { room, text, thread, acting_as, .. } = said;
    let back = address(&room, acting_as.as_ref(), thread.as_deref());
    take(&state, &visitor, Line { room, text, thread, acting_as, key: None, is_for_us: false }).await?;
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
    let back = address(&room, acting_as.as_ref(), None);
    presses::take(&state, &visitor, Press { message, action, value, guard, acting_as, key: None }).await?;
    Ok(Redirect::to(&back))
}

/// The address of a room's page. Ids of ours stand in addresses as they are; a name that a chat made up does not.
fn address(room: &str, acting_as: Option<&PersonId>, thread: Option<&str>) -> String {
    let mut address = form_urlencoded::Serializer::new(String::from("/?"));
    address.append_pair("room", room);
    if let Some(person) = acting_as {
        address.append_pair("as", person.as_str());
    }
    if let Some(thread) = thread {
        address.append_pair("thread", thread);
    }
    address.finish()
}
