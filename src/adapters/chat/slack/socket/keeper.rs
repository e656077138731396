//! Keeps sockets open: one a slot, with the next one open before the last one is closed. How many slots are ours may
//! change at any moment, when several processes share the app.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use futures::FutureExt;
use slack_morphism::{SlackSocketModeClientListener, SlackSocketModeWssClientId};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::dial::{DialError, Dialler, Socket};
use super::limits::Limits;
use super::live::{Ears, Ended, Told, listen};
use super::share::Share;
use super::slots::while_ours;
use super::tally::Tally;
use crate::event::chat::slack::Leaving;

/// What keeps the sockets of one app.
pub struct Keeper {
    /// Opens them.
    pub dialler: Dialler,
    /// Takes what they bring.
    pub listener: Arc<dyn SlackSocketModeClientListener + Send + Sync>,
    /// How many are kept at once, now and at most.
    pub share: watch::Receiver<Share>,
    /// See there.
    pub most: u32,
    /// How long everything may take.
    pub limits: Limits,
    /// Told how many are open.
    pub open: watch::Sender<usize>,
}

/// Keeps the sockets until `stop`.
///
/// # Errors
/// Slack does not take the token, or no longer does; nothing is tried after that.
pub async fn keep(keeper: Keeper, stop: CancellationToken) -> Result<(), DialError> {
    let (keeper, tally) = (Arc::new(keeper), Arc::<Tally>::default());
    let stop = stop.child_token();
    let mut slots = JoinSet::new();
    for index in 0..keeper.most {
        let (keeper, tally, all) = (keeper.clone(), tally.clone(), stop.clone());
        slots.spawn(async move {
            let (share, ends) = (keeper.share.clone(), all.clone());
            let slot = |stop| Slot { keeper: keeper.clone(), tally: tally.clone(), index, all: all.clone(), stop };
            while_ours(index, (share, ends), |stop| slot(stop).keep()).await
        });
    }
    let mut first = Ok(());
    while let Some(ended) = slots.join_next().await {
        let ended = ended.unwrap_or_else(|_| Err(DialError::Unreached("a socket's keeper panicked".to_owned())));
        if first.is_ok() && ended.is_err() {
            stop.cancel();
            first = ended;
        }
    }
    match first {
        Err(DialError::Refused(why)) if tally.was_let_in() => Err(DialError::TakenAway(why)),
        first => first,
    }
}

struct Slot {
    keeper: Arc<Keeper>,
    tally: Arc<Tally>,
    index: u32,
    /// Ends all slots.
    all: CancellationToken,
    /// Ends this one.
    stop: CancellationToken,
}

/// How it goes on after a socket.
enum Next {
    AtOnce,
    AfterWait,
    After(Duration),
}

impl Slot {
    /// Keeps a socket open until it is told to end.
    async fn keep(self) -> Result<(), DialError> {
        let limits = self.keeper.limits;
        // The present one, and those that Slack has not closed yet.
        let mut sockets = JoinSet::new();
        let mut waits = waits(&limits);
        let mut ended = Ok(());
        for number in 0.. {
            let next = match self.dial().await {
                None => break,
                Some(Err(refused @ (DialError::Refused(_) | DialError::TakenAway(_)))) => {
                    // The others end as well, each in order.
                    self.all.cancel();
                    ended = Err(refused);
                    break;
                }
                Some(Err(DialError::Busy(wait))) => Next::After(wait),
                Some(Err(DialError::Unreached(why))) => {
                    tracing::warn!(slot = self.index, why, "no socket to Slack; trying again");
                    Next::AfterWait
                }
                Some(Ok(socket)) => {
                    let born = Instant::now();
                    let next = self.attend(socket, number, &mut sockets).await;
                    if born.elapsed() >= limits.good {
                        waits = self::waits(&limits);
                    }
                    match next {
                        Next::After(wait) => Next::After(wait),
                        // However politely Slack ends young sockets, they are no reason to spin.
                        _ if born.elapsed() < limits.good => Next::AfterWait,
                        _ => Next::AtOnce,
                    }
                }
            };
            while sockets.try_join_next().is_some() {}
            let mut grown = || waits.next().unwrap_or(limits.longest_wait);
            let wait = match next {
                Next::AtOnce => Duration::ZERO,
                Next::AfterWait => grown(),
                // What Slack asks for is waited out; it may ask for nothing.
                Next::After(wait) => wait.max(grown()),
            };
            if self.stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                break;
            }
        }
        while sockets.join_next().await.is_some() {}
        ended
    }

    /// Slack may count a socket before we know that it is open, so that it is ours from here on.
    async fn dial(&self) -> Option<Result<Socket, DialError>> {
        self.tally.begin();
        let dialled = self.stop.run_until_cancelled(self.keeper.dialler.dial(self.keeper.limits.dial)).await;
        if !matches!(dialled, Some(Ok(_))) {
            self.tally.end(false);
        }
        dialled
    }

    /// Listens to a socket, until it ends or its successor should be opened.
    async fn attend(&self, socket: Socket, number: u64, sockets: &mut JoinSet<()>) -> Next {
        let (keeper, mut told) = mpsc::unbounded_channel();
        let id = SlackSocketModeWssClientId { initial_index: self.index, token_index: 0, reconnected: number };
        let (listener, stop, limits) = (self.keeper.listener.clone(), self.stop.clone(), self.keeper.limits);
        let (tally, slot) = (self.tally.clone(), self.index);
        let open = self.keeper.open.clone();
        sockets.spawn(listen(socket, Ears { listener, id, keeper, stop, limits, open }).map(move |ended| {
            tally.end(matches!(ended, Ended::Silent | Ended::Closed));
            tracing::debug!(slot, ?ended, "a socket to Slack ended");
        }));
        loop {
            match told.recv().await {
                Some(Told::Open(connections)) => self.opened(connections),
                Some(Told::Leaving(why)) => return self.leave(why),
                None => return Next::AfterWait,
            }
        }
    }

    /// Tells when more connections are open than are ours: somebody else takes a part of what people say.
    fn opened(&self, connections: Option<usize>) {
        tracing::info!(slot = self.index, connections, "a socket to Slack is open");
        let others = usize::try_from(self.keeper.share.borrow().others).unwrap_or(usize::MAX);
        if let Some(ours) = self.tally.greet(connections, others, &self.keeper.limits) {
            tracing::error!(
                connections,
                ours,
                "something else is connected with the same app token and gets a part of what people say; stop the \
                 other copy, or give each its own Slack app"
            );
        }
    }

    fn leave(&self, why: Leaving) -> Next {
        let limits = &self.keeper.limits;
        match why {
            Leaving::Warning | Leaving::Refresh => Next::AtOnce,
            Leaving::SwitchedOff => {
                if self.tally.turn_away(why) {
                    tracing::error!(
                        "Socket Mode was switched off for the app; switch it on at api.slack.com/apps, Settings, \
                         Socket Mode"
                    );
                }
                Next::After(limits.switched_off)
            }
            Leaving::TooMany => {
                if self.tally.turn_away(why) {
                    tracing::error!(
                        "Slack has ten connections of this app already and allows no more; look for other running \
                         copies"
                    );
                }
                Next::After(limits.too_many)
            }
        }
    }
}

fn waits(limits: &Limits) -> ExponentialBackoff {
    let waits = ExponentialBuilder::default().with_min_delay(limits.first_wait).with_max_delay(limits.longest_wait);
    waits.with_jitter().without_max_times().build()
}
