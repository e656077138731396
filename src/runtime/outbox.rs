//! The couriers: carry deeds to the outside and record what it answered. They never decide.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tracing::Instrument;

use super::house::House;
use super::lanes::{Turn, Works};
use crate::card::model::Content;
use crate::change::{EffectBody, Note, Reply};
use crate::domain::card::CardState;
use crate::domain::effect::EffectState;
use crate::domain::moment::{self, Moment};
use crate::metrics::Delivered;
use crate::ports::{ChatAdapter, ChatError, Post, Sought, within};
use crate::store::claims::{Claim, Queue};
use crate::store::outbox::{Claimed, Receipt};
use crate::store::{StoreError, cards, rooms};

/// The first wait before another try; doubled up to [`LONGEST_WAIT`].
const WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How long a deed holds up those behind it.
const ASIDE: Duration = Duration::from_secs(30);

/// How long one try waits for a note's card.
const FOR_CARD: Duration = Duration::from_secs(10);

/// The courier.
pub(super) struct Courier {
    pub(super) house: House,
}

/// How a try went.
enum Tried {
    Ended(EffectState, Option<String>),
    /// Surely not done.
    NotDone(Option<Duration>),
    /// Perhaps done.
    Unknown(String),
}

/// Where a note goes.
enum Threaded {
    There(Box<Reply>),
    /// Its card is not posted.
    NotYet,
    Never(&'static str),
}

impl Works for Courier {
    type Item = Claimed;

    // Most of them wait for somebody else.
    const AT_ONCE: usize = 1024;
    const QUEUE: Queue = Queue::Outbox;

    fn lane(item: &Claimed) -> String {
        item.effect.body.key().to_owned()
    }

    fn work(self: Arc<Self>, item: Claimed, turn: Turn) -> BoxFuture<'static, ()> {
        let span = tracing::info_span!(
            "effect", effect.id = %item.effect.id, effect.kind = item.effect.body.kind(), trace = %item.effect.trace
        );
        async move { self.deliver(item, turn).await }.instrument(span).boxed()
    }

    fn claim(item: &Claimed) -> &Claim {
        &item.claim
    }

    fn house(&self) -> &House {
        &self.house
    }
}

impl Courier {
    /// Carries a deed to its end, with growing waits between the tries. One that takes long steps aside, so that what
    /// is said after it in its room is heard.
    async fn deliver(&self, item: Claimed, turn: Turn) {
        let (mut turn, aside_at) = (Some(turn), self.house.clock.now().plus(ASIDE));
        let mut is_unknown = item.claim.attempt > 1;
        let mut wait = WAIT;
        loop {
            let tried = self.try_once(&item, is_unknown).await;
            let pause = match tried {
                Tried::Ended(state, receipt) => return self.record(&item, state, receipt).await,
                Tried::NotDone(after) => after.unwrap_or(wait),
                Tried::Unknown(why) => {
                    tracing::warn!(error = why, "the outside gave no answer; looking before another try");
                    is_unknown = true;
                    wait
                }
            };
            let again_at = self.house.clock.now().plus(pause);
            if again_at >= aside_at {
                self.house.clock.sleep_until(aside_at).await;
                drop(turn.take());
            }
            self.house.clock.sleep_until(again_at).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn try_once(&self, item: &Claimed, is_unknown: bool) -> Tried {
        match &item.effect.body {
            EffectBody::Reply(reply) => self.say(reply, item, is_unknown).await,
            EffectBody::Note(note) => match self.thread_of(note).await {
                Ok(Threaded::There(reply)) => self.say(&reply, item, is_unknown).await,
                Ok(Threaded::NotYet) => Tried::NotDone(None),
                Ok(Threaded::Never(why)) => Tried::Ended(EffectState::Failed, Some(why.to_owned())),
                Err(cause) => {
                    tracing::warn!(error = %cause, "a note's card cannot be looked up; it is tried again");
                    Tried::NotDone(None)
                }
            },
        }
    }

    /// Waits a while for a note's card to be posted.
    async fn thread_of(&self, note: &Note) -> Result<Threaded, StoreError> {
        let late = self.house.clock.now().plus(FOR_CARD);
        loop {
            let changed = self.house.store.changed();
            let mut reader = self.house.store.reader().await?;
            let Some(card) = cards::find(&mut reader, &note.card).await? else {
                return Ok(Threaded::Never("its card is not there"));
            };
            if let CardState::Posted { room: to, message } = card.state {
                let (thread, content) = (Some(message), note.content.clone());
                return Ok(Threaded::There(Box::new(Reply { to, thread, only_for: None, back: None, content })));
            }
            if !rooms::is_open(&mut reader, &note.room).await? {
                return Ok(Threaded::Never("its card is in a room that is closed"));
            }
            drop(reader);
            tokio::select! {
                () = changed => {}
                () = self.house.clock.sleep_until(late) => return Ok(Threaded::NotYet),
            }
        }
    }

    async fn say(&self, reply: &Reply, item: &Claimed, is_unknown: bool) -> Tried {
        let Some(chat) = self.house.chats.get(&reply.to.chat()) else {
            return Tried::Ended(EffectState::Failed, Some(format!("no chat is called {}", reply.to.chat())));
        };
        let nonce = item.effect.id.as_str();
        if is_unknown {
            let (room, thread) = (&reply.to, reply.thread.as_ref());
            match within(chat.find(Sought { room, thread, nonce, since: item.effect.created_at })).await {
                Ok(Some(message)) => return Tried::Ended(EffectState::Done, Some(message.to_string())),
                Ok(None) => {}
                Err(other) => return tried(Err(other)),
            }
        }
        tried(within(post(chat.as_ref(), reply, nonce)).await)
    }

    async fn record(&self, item: &Claimed, state: EffectState, receipt: Option<String>) {
        let labels = Delivered { kind: item.effect.body.kind(), state: state.as_str() };
        self.house.store.metrics().delivered(labels, self.house.clock.now().since(item.effect.created_at));
        if state != EffectState::Done {
            tracing::error!(state = state.as_str(), why = receipt, "an effect was not carried out");
        }
        let lane = item.effect.body.key().to_owned();
        let receipt = Receipt { id: item.effect.id.clone(), lane, claim: item.claim.clone(), state, receipt };
        tracing::trace!(target: moment::TARGET, moment = Moment::BeforeReceipt.as_str());
        let mut wait = WAIT;
        loop {
            match self.house.store.record(receipt.clone()).await {
                Ok(()) | Err(StoreError::Closed) => return,
                // Nobody else would: the row is in our hand. When the lease is lost this is broken off, and whoever
                // claims the row next looks before repeating it.
                Err(cause) => tracing::error!(error = %cause, "a receipt cannot be recorded; it is tried again"),
            }
            self.house.clock.sleep_until(self.house.clock.now().plus(wait)).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

async fn post(
    chat: &dyn ChatAdapter,
    reply: &Reply,
    nonce: &str,
) -> Result<Option<crate::domain::MessageId>, ChatError> {
    let Reply { to, thread, only_for, back, content } = reply.clone();
    let content = match content {
        Content::File(file) if !chat.abilities().files => Content::Log(Box::new(file.as_log())),
        content => content,
    };
    chat.post(&Post { room: to, thread, only_for, back, content, nonce: nonce.to_owned() }).await.map(Some)
}

fn tried(answer: Result<Option<crate::domain::MessageId>, ChatError>) -> Tried {
    match answer {
        Ok(message) => Tried::Ended(EffectState::Done, message.map(|message| message.to_string())),
        Err(ChatError::Busy { after }) => Tried::NotDone(after),
        Err(ChatError::Unknown(why)) => Tried::Unknown(why),
        Err(ChatError::Rejected(why)) => Tried::Ended(EffectState::Failed, Some(why)),
        Err(other @ (ChatError::Gone | ChatError::NameTaken | ChatError::Closed(_) | ChatError::Unreached(_))) => {
            Tried::Ended(EffectState::Failed, Some(other.to_string()))
        }
    }
}
