//! Runs work of one lane in order, and of different lanes at once.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::house::House;
pub(super) use super::turns::Turn;
use super::turns::Turns;
use crate::store::StoreError;
use crate::store::claims::{Claim, Queue};

/// How long work that was begun may take to end once the house closes.
const SOFT_STOP: Duration = Duration::from_secs(3);
/// How often it is looked for what others left, when nothing tells of it.
const LOOK: Duration = Duration::from_secs(5);

/// What is done with the items of a queue.
pub(super) trait Works: Send + Sync + 'static {
    /// An item.
    type Item: Send + 'static;

    /// How many lanes are worked on at once.
    const AT_ONCE: usize;

    /// The table that the items are rows of.
    const QUEUE: Queue;

    /// What it must stay in order with.
    fn lane(item: &Self::Item) -> String;

    /// The right to work on it.
    fn claim(item: &Self::Item) -> &Claim;

    /// Does it; returns when nothing is left to do about it. Its lane goes on when the turn is dropped. It is broken off
    /// when the claim is lost.
    fn work(self: Arc<Self>, item: Self::Item, turn: Turn) -> BoxFuture<'static, ()>;

    /// The parts that everybody shares.
    fn house(&self) -> &House;
}

struct Lanes<W: Works> {
    works: Arc<W>,
    turns: Turns<W::Item>,
    running: JoinSet<()>,
}

/// Works until `stop`, then ends what was begun. What is still queued then is taken over at the next start.
///
/// All of it comes by `queue`, what is taken over too: only the writer knows which row of a lane came into our hand first.
pub(super) async fn run<W: Works>(works: Arc<W>, mut queue: mpsc::UnboundedReceiver<W::Item>, stop: CancellationToken) {
    let house = works.house().clone();
    let (clock, has_others) = (house.clock.clone(), !house.store.is_alone());
    let (turns, mut over) = Turns::of(W::AT_ONCE);
    let mut lanes = Lanes { works, turns, running: JoinSet::new() };
    let (mut terms, freed) = (house.store.terms(), house.store.freed(W::QUEUE).clone());
    let mut look_at = clock.now().plus(LOOK);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(lane) = over.recv() => lanes.next_of(lane),
            Some(ended) = lanes.running.join_next() => if let Err(cause) = ended {
                tracing::error!(error = %cause, "work on a lane was broken off");
            },
            Ok(()) = terms.changed() => take_over::<W>(&house).await,
            item = queue.recv() => match item {
                Some(item) => lanes.add(item),
                None => break,
            },
            () = freed.notified() => take_over::<W>(&house).await,
            () = clock.sleep_until(look_at), if has_others => {
                take_over::<W>(&house).await;
                look_at = clock.now().plus(LOOK);
            }
        }
    }
    // What does not end in time is broken off: its row is open, and the next start looks before it repeats.
    let ending = async { while lanes.running.join_next().await.is_some() {} };
    if tokio::time::timeout(SOFT_STOP, ending).await.is_err() {
        tracing::warn!("work that did not end in time is left for the next start");
    }
}

/// Takes what is open and in nobody's hand, all of it.
async fn take_over<W: Works>(house: &House) {
    match house.store.take(W::QUEUE).await {
        // The writer has told that it is away already, and a new term begins with another look.
        Ok(()) | Err(StoreError::Away) => {}
        Err(cause) => tracing::error!(error = %cause, "cannot look for open work"),
    }
}

impl<W: Works> Lanes<W> {
    fn add(&mut self, item: W::Item) {
        self.turns.add(W::lane(&item), item);
        self.start();
    }

    fn next_of(&mut self, lane: String) {
        self.turns.over(lane);
        self.start();
    }

    fn start(&mut self) {
        while let Some((item, turn)) = self.turns.next() {
            let (store, worker) = (self.works.house().store.clone(), W::claim(&item).worker.clone());
            let work = self.works.clone().work(item, turn);
            self.running.spawn(async move { store.as_worker(&worker, work).await.unwrap_or_default() });
        }
    }
}
