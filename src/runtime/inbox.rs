//! The inbox worker: takes an arrival, reads it, has it decided, and commits.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tracing::Instrument;

use super::counted;
use super::house::House;
use super::lanes::{Turn, Works};
use crate::change::{Decision, Parked, Reply, Why};
use crate::domain::marked::Marked;
use crate::domain::moment::{self, Moment};
use crate::event::chat::{ChatEvent, TooMuch};
use crate::event::{self, Event};
use crate::reactions::{self, ReactionError};
use crate::skills::{self, GatherError};
use crate::store::claims::{Claim, Queue};
use crate::store::inbox::Claimed;
use crate::store::{Commit, Committed, StoreError};

/// How often an event is decided anew because something changed under it.
const TRIES: usize = 3;
/// How often the store may fail over one event before the event is suspected.
const FAILURES: usize = 5;
/// The first wait after the store failed; doubled up to a minute.
const WAIT: Duration = Duration::from_millis(250);

/// The inbox worker.
pub(super) struct Inbox {
    pub(super) house: House,
}

impl Works for Inbox {
    type Item = Claimed;

    const AT_ONCE: usize = 64;
    const QUEUE: Queue = Queue::Inbox;

    fn lane(item: &Claimed) -> String {
        item.raw.lane.to_string()
    }

    fn work(self: Arc<Self>, item: Claimed, turn: Turn) -> BoxFuture<'static, ()> {
        let span = tracing::info_span!("event", event.id = %item.raw.id, trace = %item.raw.trace);
        async move {
            // What stays open is decided after the next start.
            if self.house.known.wait(&item.raw.source).await {
                self.finish(&item).await;
            }
            drop(turn);
        }
        .instrument(span)
        .boxed()
    }

    fn claim(item: &Claimed) -> &Claim {
        &item.claim
    }

    fn house(&self) -> &House {
        &self.house
    }
}

impl Inbox {
    /// Brings an arrival to its end. A failing store is waited for: the event is on disk and nobody else has it.
    async fn finish(&self, claimed: &Claimed) {
        let mut wait = WAIT;
        let mut tries = 0;
        let mut failures = 0;
        loop {
            match self.try_once(claimed).await {
                Ok(Committed::Done | Committed::ClaimLost) | Err(StoreError::Closed) => return,
                Ok(Committed::Conflict) if tries < TRIES => tries += 1,
                Ok(Committed::Conflict) => {
                    // Somebody keeps changing it: let them finish before the next try.
                    self.house.clock.sleep_until(self.house.clock.now().plus(wait)).await;
                }
                Err(cause) => {
                    tracing::error!(error = %cause, "an event cannot be decided: the store fails");
                    failures += 1;
                    if failures >= FAILURES && self.park(claimed, &cause).await {
                        return;
                    }
                    self.house.clock.sleep_until(self.house.clock.now().plus(wait)).await;
                    wait = (wait * 2).min(Duration::from_mins(1));
                }
            }
        }
    }

    /// Sets an event aside that the store refuses again and again, and tells its asker. Where the store refuses that
    /// too, the fault is not the event's (a full disk takes what is small, and nothing else), and it goes on waiting.
    async fn park(&self, claimed: &Claimed, cause: &StoreError) -> bool {
        let id = claimed.raw.id.as_str();
        let reply = asked_in(claimed).map(|reply| reply(incident(id)));
        let commit = self.commit(claimed, &parked(cause.to_string(), reply));
        let is_parked = matches!(self.house.store.commit(commit).await, Ok(Committed::Done | Committed::ClaimLost));
        if is_parked {
            tracing::error!(incident = id, error = %cause, "an event was parked: the store refuses what it changes");
        }
        is_parked
    }

    async fn try_once(&self, claimed: &Claimed) -> Result<Committed, StoreError> {
        let decision = match event::read(&claimed.raw) {
            Err(unreadable) => parked(unreadable.to_string(), None),
            Ok(events) if events.len() > 1 => {
                return self.house.store.commit(Commit::split(claimed, events.len())).await;
            }
            Ok(events) => match events.into_iter().next() {
                None => Decision::Nothing(Why::Empty),
                Some(event) => self.decide(claimed, event).await?,
            },
        };
        let committed = self.house.store.commit(self.commit(claimed, &decision)).await?;
        if committed == Committed::Done {
            counted::decided(self.house.store.metrics(), &claimed.raw, (&decision, self.house.clock.now()));
        }
        Ok(committed)
    }

    fn commit(&self, claimed: &Claimed, decision: &Decision) -> Commit {
        tracing::info!(outcome = decision.word(), "decided");
        Commit::of(claimed, decision, self.house.clock.now(), &self.house.rules.load().version)
    }

    /// Gathers and decides. A bug, a panic among them, parks the event and is told to its asker with an incident id.
    async fn decide(&self, claimed: &Claimed, event: Event) -> Result<Decision, StoreError> {
        let asked_in = reply_place(&event);
        tracing::trace!(target: moment::TARGET, moment = Moment::Deciding.as_str());
        let told = match AssertUnwindSafe(self.react(claimed, event)).catch_unwind().await {
            Ok(Ok(decision)) => return Ok(decision),
            Ok(Err(GatherError::Store(cause))) => return Err(cause),
            Ok(Err(mistake)) => mistake.to_string(),
            Err(panic) => panic_text(panic.as_ref()),
        };
        tracing::error!(incident = %claimed.raw.id, error = told, "an event was parked: deciding it failed");
        let reply = asked_in.map(|reply| reply(incident(claimed.raw.id.as_str())));
        Ok(parked(told, reply))
    }

    async fn react(&self, claimed: &Claimed, event: Event) -> Result<Decision, GatherError> {
        match event {
            Event::Chat(ChatEvent::Said(said)) => skills::answer(&self.house.study(&claimed.raw), said).await,
            Event::Chat(ChatEvent::TooMuch(much)) => Ok(skills::too_much(&self.house.study(&claimed.raw), &much)),
            Event::Chat(ChatEvent::Pressed(pressed)) => skills::pressed(&self.house.study(&claimed.raw), pressed).await,
            Event::Chat(ChatEvent::Submitted(submitted)) => {
                skills::submitted(&self.house.study(&claimed.raw), submitted).await
            }
            Event::Chat(ChatEvent::RoomChanged { room }) => {
                reactions::room_changed(&self.house.ground(&claimed.raw), &room).await.map_err(gather_error)
            }
            Event::Outcome(outcome) => {
                reactions::seen(&self.house.ground(&claimed.raw), &outcome).await.map_err(gather_error)
            }
            Event::Timer(key) => reactions::fired(&self.house.ground(&claimed.raw), &key).await.map_err(gather_error),
        }
    }
}

fn gather_error(cause: ReactionError) -> GatherError {
    match cause {
        ReactionError::Store(cause) => GatherError::Store(cause),
        ReactionError::Template(cause) => GatherError::Template(cause),
    }
}

/// Where the asker of an arrival would read an answer, if it is a single event that somebody asked for.
fn asked_in(claimed: &Claimed) -> Option<impl FnOnce(Marked) -> Reply + use<>> {
    match event::read(&claimed.raw).ok()?.as_slice() {
        [event] => reply_place(event),
        _ => None,
    }
}

/// Where the asker of an event would read an answer; nobody asked for what we saw ourselves.
fn reply_place(event: &Event) -> Option<impl FnOnce(Marked) -> Reply + use<>> {
    let (to, thread, back) = match event {
        Event::Chat(ChatEvent::Said(said) | ChatEvent::TooMuch(TooMuch { said, .. })) => {
            (said.room.clone(), said.thread.clone(), said.back.clone())
        }
        Event::Chat(ChatEvent::Pressed(pressed)) => (pressed.room.clone(), None, pressed.back.clone()),
        Event::Chat(ChatEvent::Submitted(submitted)) => (submitted.room.clone(), None, None),
        Event::Chat(ChatEvent::RoomChanged { .. }) | Event::Outcome(_) | Event::Timer(_) => return None,
    };
    Some(move |words| Reply { to, thread, only_for: None, back, content: crate::change::Content::Text(words) })
}

fn incident(id: &str) -> Marked {
    Marked::new(format!(
        "Something went wrong on my side, and nothing was done. Whoever runs me finds it in the log as incident `{id}`."
    ))
}

fn parked(reason: String, reply: Option<Reply>) -> Decision {
    Decision::Parked(Parked { reason, reply })
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
