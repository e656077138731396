//! Presses on cards, on their way into the inbox: the same for the page's forms and the API.

use super::auth::Visitor;
use super::error::WebError;
use super::messages::{Taken, check_acting};
use super::state::State;
use crate::card::model::Content;
use crate::domain::card::CardId;
use crate::domain::{ChatName, Lane, PersonId, RoomId};
use crate::event::chat::neutral::Payload;
use crate::event::{Arrival, Source};
use crate::ports::{Arrived, Intake};
use crate::store::console;

/// A press.
pub(super) struct Press {
    /// The message that the card is.
    pub(super) message: String,
    /// The action, as the card names it.
    pub(super) action: String,
    /// What was chosen.
    pub(super) value: Option<String>,
    /// The version that the card showed.
    pub(super) guard: i64,
    /// Dev profile only: as whom.
    pub(super) acting_as: Option<PersonId>,
    /// The sender's own key: the same again is the same press.
    pub(super) key: Option<String>,
}

/// Checks a press, and stores it.
pub(super) async fn take(state: &State, visitor: &Visitor, press: Press) -> Result<Taken, WebError> {
    let acting_as = press.acting_as.filter(|shown| *shown != visitor.person);
    if let Some(shown) = &acting_as {
        check_acting(state, shown)?;
    }
    let (room, card) = card(state, &press.message).await?;
    let key = press.key.unwrap_or_else(|| state.ids.fresh());
    let payload = Payload::Pressed {
        account: visitor.person.to_string(),
        acting_as,
        room: room.clone(),
        message: press.message.clone(),
        card,
        action: press.action,
        value: press.value,
        guard: press.guard,
    };
    let arrival = Arrival {
        source: Source::Chat(ChatName::console()),
        dedup_key: format!("press:{}:{}:{key}", visitor.person, press.message),
        lane: Lane::new(RoomId::new(&ChatName::console(), &room).as_str()),
        body: serde_json::to_string(&payload).map_err(|_| WebError::Internal)?,
        talk: None,
    };
    let event = match state.store.arrive(arrival).await? {
        Arrived::New(event) => Some(event),
        Arrived::Seen => None,
    };
    Ok(Taken { event, message: press.message })
}

/// The room and the card of a message.
async fn card(state: &State, message: &str) -> Result<(String, CardId), WebError> {
    let message = console::message(&mut state.store.reader().await?, message).await?;
    match message.map(|message| (message.room, message.body)) {
        Some((room, Content::Card(card))) => Ok((room, card.id)),
        Some((_, Content::Text(_))) | None => Err(WebError::Missing("card")),
    }
}
