//! Live changes of a page by server-sent events. Each carries the number of the change, so that a page whose connection
//! dropped goes on where it stopped: nothing is lost, nothing comes twice.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State as Shared};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::stream::{self, Stream};
use maud::Markup;
use serde::Deserialize;
use serde_json::json;

use super::view;
use super::{Reader, nav, pane, talk};
use crate::domain::PersonId;
use crate::store::StoreError;
use crate::store::console::{self, Message, Posted, Room};
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::messages::check_acting;
use crate::web::state::State;

/// Keeps what stands between us and the browser from hanging up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How many messages are sent at once.
const MOST: i64 = 100;

#[derive(Deserialize)]
pub(in crate::web) struct Watch {
    room: String,
    /// The newest change that the page shows.
    after: i64,
    /// Dev profile only: whose private answers are shown.
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
}

/// The changes of a room's page, as they happen.
pub(in crate::web) async fn live(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Query(watch): Query<Watch>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, WebError> {
    if let Some(shown) = &watch.acting_as {
        check_acting(&state, shown)?;
    }
    let room = console::room(&mut state.store.reader().await?, &watch.room).await?.ok_or(WebError::Missing("room"))?;
    let last: Option<i64> = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let reads = watch.acting_as.unwrap_or_else(|| visitor.person.clone());
    let changed = last.unwrap_or(watch.after);
    let mut page = Page { state, visitor, room, reads, changed, nav: None, pane: None, ready: VecDeque::new() };
    // What the page shows beside the messages it was given with them: only a difference is sent.
    if last.is_none() {
        page.look_beside().await?;
        page.ready.clear();
    }
    let events = stream::unfold(page, |mut page| async move { Some((Ok(page.next().await?), page)) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// A page that somebody looks at.
struct Page {
    state: State,
    visitor: Visitor,
    room: Room,
    reads: PersonId,
    /// The newest change that was sent.
    changed: i64,
    /// What the list of rooms showed last.
    nav: Option<String>,
    /// What the environment's pane showed last.
    pane: Option<String>,
    ready: VecDeque<Event>,
}

impl Page {
    /// The next event; none when the house closes or cannot be asked: the browser comes again.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            // Asked for before the look, so that a change between the two is not missed.
            let changed = self.state.store.changed();
            match self.look().await {
                Ok(()) if !self.ready.is_empty() => continue,
                Ok(()) => {}
                Err(cause) => {
                    tracing::warn!(error = %cause, "a page cannot be kept up to date");
                    return None;
                }
            }
            tokio::select! {
                () = changed => {}
                () = self.state.closing.cancelled() => return None,
            }
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        let mut reader = self.state.store.reader().await?;
        let news = console::since(&mut reader, (&self.room.id, &self.reads), self.changed, MOST).await?;
        if !news.is_empty() {
            let replies = console::replies(&mut reader, &self.room.id, &self.reads).await?;
            for posted in news {
                // A reply also changes what the first message tells of its thread.
                let first = match &posted.message.thread {
                    Some(first) => console::message(&mut reader, first).await?,
                    None => None,
                };
                self.changed = posted.changed;
                self.ready.push_back(self.message(&posted, first.as_ref(), &replies));
            }
        }
        drop(reader);
        self.look_beside().await
    }

    /// The list of rooms and the environment, when they changed.
    async fn look_beside(&mut self) -> Result<(), StoreError> {
        let rooms = view::rooms(&self.state, &self.reads).await?;
        let entry = rooms.iter().find(|entry| entry.room.id == self.room.id);
        let pane = match entry {
            Some(entry) => view::pane(&self.state, entry).await?,
            None => None,
        };
        let nav = self.with_reader(|reader| nav::nav(&rooms, Some(&self.room.id), reader.acting_as()));
        let pane = pane::pane(pane.as_ref(), &self.state.project);
        self.send_changed(nav, pane);
        Ok(())
    }

    fn send_changed(&mut self, nav: Markup, pane: Markup) {
        for (name, markup, before) in [("nav", nav, &mut self.nav), ("pane", pane, &mut self.pane)] {
            let html = markup.into_string();
            if before.as_ref() != Some(&html) {
                self.ready.push_back(Event::default().event(name).data(&html));
                *before = Some(html);
            }
        }
    }

    fn message(&self, posted: &Posted, first: Option<&Message>, replies: &HashMap<String, i64>) -> Event {
        self.with_reader(|reader| {
            let message = &posted.message;
            let html =
                |message: &Message| talk::message(message, reader, replies.get(&message.id).copied()).into_string();
            let data = json!({
                "id": message.id,
                "seq": posted.seq,
                "thread": message.thread,
                "html": html(message),
                "first": first.map(html),
            });
            Event::default().event("message").id(posted.changed.to_string()).data(data.to_string())
        })
    }

    fn with_reader<T>(&self, work: impl FnOnce(&Reader<'_>) -> T) -> T {
        let rules = self.state.rules.load();
        let people: Vec<_> =
            if self.state.settings.may_act_as_others { rules.people.values().collect() } else { Vec::new() };
        work(&Reader { visitor: &self.visitor, reads: &self.reads, people: &people })
    }
}
