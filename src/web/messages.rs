//! What people type, on its way into the inbox: the same for the page's form and the API.

use crate::domain::person::Actor;
use crate::domain::{ChatName, EventId, PersonId};
use crate::event::chat::neutral::Payload;
use crate::event::raw::Talk;
use crate::event::{Arrival, Source};
use crate::ports::{Arrived, Intake};

use super::auth::Visitor;
use super::error::WebError;
use super::state::State;
use crate::store::console;

/// The longest message taken, in bytes: enough for any command, and 100 kB of it get a clear answer.
const LONGEST: usize = 16 * 1024;

/// The longest key or id of a message that a caller gives: they are looked up by an index, which takes no long ones.
const LONGEST_KEY: usize = 256;

/// A line to be said.
pub(super) struct Line {
    /// The room's name or id.
    pub(super) room: String,
    /// The words.
    pub(super) text: String,
    /// The thread it is a reply in.
    pub(super) thread: Option<String>,
    /// Dev profile only: as whom.
    pub(super) acting_as: Option<PersonId>,
    /// The sender's own key: the same again is the same message.
    pub(super) key: Option<String>,
    /// A script's line is for us even without a mention.
    pub(super) is_for_us: bool,
}

/// A line that was taken in.
pub(super) struct Taken {
    /// Its event; none when it was seen before.
    pub(super) event: Option<EventId>,
    /// The message in the room.
    pub(super) message: String,
}

/// Checks a line, and stores it with its event.
pub(super) async fn take(state: &State, visitor: &Visitor, line: Line) -> Result<Taken, WebError> {
    if line.text.len() > LONGEST {
        let told = format!("The message has {} bytes; I take {LONGEST} at most.", line.text.len());
        return Err(WebError::Bad(told));
    }
    if line.text.trim().is_empty() {
        return Err(WebError::Bad("The message is empty.".into()));
    }
    if line.text.contains('\0') {
        return Err(WebError::Bad("The message has a letter that cannot be kept (U+0000).".into()));
    }
    check_keys([&line.key, &line.thread])?;
    state.paces.take_message(&visitor.person)?;
    let Line { room, text, thread, acting_as, key, is_for_us } = line;
    let acting_as = acting_as.filter(|shown| *shown != visitor.person);
    if let Some(shown) = &acting_as {
        check_acting(state, shown)?;
    }
    let message = key.map_or_else(|| state.ids.fresh(), |key| format!("{}.{key}", visitor.person));
    let talk = Talk {
        id: message.clone(),
        room: self::room(state, &room).await?,
        thread,
        author: visitor.person.clone(),
        acting_as,
        text,
    };
    let event = match state.store.arrive(arrival(talk, is_for_us)?).await? {
        Arrived::New(event) => Some(event),
        Arrived::Seen => None,
    };
    Ok(Taken { event, message })
}

/// Refuses what a database would refuse, and what names no message of ours.
pub(super) fn check_keys<'k>(keys: impl IntoIterator<Item = &'k Option<String>>) -> Result<(), WebError> {
    let fits = |key: &&String| key.len() <= LONGEST_KEY && !key.contains('\0');
    if keys.into_iter().flatten().all(|key| fits(&key)) {
        return Ok(());
    }
    Err(WebError::Bad(format!("A key or thread has at most {LONGEST_KEY} bytes, and no U+0000.")))
}

/// Whether a visitor may act as `shown`.
pub(super) fn check_acting(state: &State, shown: &PersonId) -> Result<(), WebError> {
    if !state.settings.may_act_as_others {
        return Err(WebError::Bad("Acting as another person exists only in the dev profile.".into()));
    }
    if state.rules.load().person(shown).is_none() {
        return Err(WebError::Bad(format!("There is no person `{shown}` in the config.")));
    }
    Ok(())
}

/// In whose name a visitor asks.
pub(super) fn asker(state: &State, visitor: &Visitor, acting_as: Option<PersonId>) -> Result<Actor, WebError> {
    let really = visitor.person.clone();
    let Some(shown) = acting_as.filter(|shown| *shown != really) else { return Ok(Actor::Person(really)) };
    check_acting(state, &shown)?;
    Ok(Actor::Acting { shown, really })
}

async fn room(state: &State, wanted: &str) -> Result<String, WebError> {
    let room = console::room(&mut state.store.reader().await?, wanted.trim_start_matches('#')).await?;
    room.map(|room| room.id).ok_or(WebError::Missing("room"))
}

fn arrival(talk: Talk, is_for_us: bool) -> Result<Arrival, WebError> {
    let payload = Payload::Said {
        account: talk.author.to_string(),
        acting_as: talk.acting_as.clone(),
        room: talk.room.clone(),
        message: talk.id.clone(),
        thread: talk.thread.clone(),
        text: talk.text.clone(),
        is_for_us,
    };
    Ok(Arrival {
        source: Source::Chat(ChatName::console()),
        dedup_key: format!("message:{}", talk.id),
        lane: payload.lane(&ChatName::console()),
        body: serde_json::to_string(&payload).map_err(|_| WebError::Internal)?,
        talk: Some(talk),
        trace: None,
    })
}
