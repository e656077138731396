//! Presses on cards, on their way into the inbox: the same for the page's forms and the API.

use super::auth::Visitor;
use super::error::WebError;
use super::messages::{Taken, check_acting, check_keys};
use super::state::State;
use crate::card::build::offer::SAY;
use crate::card::model::{Action, Card, Content};
use crate::domain::{ChatName, PersonId};
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
    check_keys([&press.key, &Some(press.message.clone())])?;
    state.paces.take_message(&visitor.person)?;
    let acting_as = press.acting_as.filter(|shown| *shown != visitor.person);
    if let Some(shown) = &acting_as {
        check_acting(state, shown)?;
    }
    let presser = acting_as.as_ref().unwrap_or(&visitor.person);
    let (room, card) = card(state, &press.message, presser).await?;
    // A button may be gone since the page was drawn, and then its presser is told so. A line that is said by pressing
    // is only taken from where we wrote it.
    if press.action.starts_with(SAY) && !has(&card, &press.action) {
        return Err(WebError::Missing("button"));
    }
    let key = press.key.unwrap_or_else(|| state.ids.fresh());
    let payload = Payload::Pressed {
        account: visitor.person.to_string(),
        acting_as,
        room: room.clone(),
        message: press.message.clone(),
        card: card.id,
        action: press.action,
        value: press.value,
        guard: press.guard,
    };
    let arrival = Arrival {
        source: Source::Chat(ChatName::console()),
        dedup_key: format!("press:{}:{}:{key}", visitor.person, press.message),
        lane: payload.lane(&ChatName::console()),
        body: serde_json::to_string(&payload).map_err(|_| WebError::Internal)?,
        talk: None,
        trace: None,
    };
    let event = match state.store.arrive(arrival).await? {
        Arrived::New(event) => Some(event),
        Arrived::Seen => None,
    };
    Ok(Taken { event, message: press.message })
}

fn has(card: &Card, wanted: &str) -> bool {
    card.actions.iter().any(|action| match action {
        Action::Button { action, .. } | Action::Select { action, .. } => action == wanted,
        Action::Form { .. } => false,
    })
}

/// The room and the card of a message that the presser may see.
async fn card(state: &State, message: &str, presser: &PersonId) -> Result<(String, Box<Card>), WebError> {
    let message = console::message(&mut state.store.reader().await?, message).await?;
    let message = message.filter(|message| message.only_for.as_ref().is_none_or(|reader| reader == presser));
    match message.map(|message| (message.room, message.body)) {
        Some((room, Content::Card(card))) => Ok((room, card)),
        Some((_, Content::Text(_) | Content::Log(_) | Content::File(_))) | None => Err(WebError::Missing("card")),
    }
}
