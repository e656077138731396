//! Runs work of one lane in order, and of different lanes at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::house::House;
use crate::domain::{Timestamp, WorkerId};
use crate::store::claims::{self, LEASE, Queue};
use crate::store::{StoreError, Tx};

/// How long work that was begun may take to end once the house closes.
const SOFT_STOP: Duration = Duration::from_secs(3);
/// How often other processes' dead are looked for.
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

    /// Does it; returns when nothing is left to do about it. Its lane goes on when the turn is dropped.
    fn work(self: Arc<Self>, item: Self::Item, turn: Turn) -> BoxFuture<'static, ()>;

    /// Claims the next of what nobody has in hand, as of `over`.
    fn claim<'t>(
        tx: &'t mut Tx<'_>,
        worker: &'t WorkerId,
        now: Timestamp,
        over: Timestamp,
    ) -> BoxFuture<'t, Result<Vec<Self::Item>, StoreError>>;

    /// The parts that everybody shares.
    fn house(&self) -> &House;
}

/// A lane's turn: the next item of the lane waits until it is dropped.
pub(super) struct Turn {
    lane: String,
    over: mpsc::UnboundedSender<String>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Nobody listens any more only when the house closes.
        self.over.send(std::mem::take(&mut self.lane)).ok();
    }
}

struct Lanes<W: Works> {
    works: Arc<W>,
    waiting: HashMap<String, VecDeque<W::Item>>,
    ready: VecDeque<String>,
    turns: usize,
    over: mpsc::UnboundedSender<String>,
    running: JoinSet<()>,
}

/// Works until `stop`, then ends what was begun. What is still queued then is taken over at the next start.
pub(super) async fn run<W: Works>(works: Arc<W>, mut queue: mpsc::UnboundedReceiver<W::Item>, stop: CancellationToken) {
    let house = works.house().clone();
    let (clock, has_others) = (house.clock.clone(), !house.store.is_alone());
    let (over, mut turns) = mpsc::unbounded_channel();
    let (waiting, ready, running) = (HashMap::new(), VecDeque::new(), JoinSet::new());
    let mut lanes = Lanes { works: works.clone(), waiting, ready, turns: 0, over, running };
    // Before anything new: rows of an earlier start come first in their lanes.
    for item in take_over::<W>(&house, true).await {
        lanes.add(item);
    }
    let mut look_at = clock.now().plus(LOOK);
    let mut renew_at = clock.now().plus(LEASE / 3);
    loop {
        let next: Timestamp = if has_others { look_at.min(renew_at) } else { renew_at };
        let is_idle = lanes.waiting.is_empty() && lanes.running.is_empty() && !has_others;
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(lane) = turns.recv() => lanes.next_of(lane),
            Some(ended) = lanes.running.join_next() => if let Err(cause) = ended {
                tracing::error!(error = %cause, "work on a lane was broken off");
            },
            item = queue.recv() => match item {
                Some(item) => lanes.add(item),
                None => break,
            },
            () = clock.sleep_until(next), if !is_idle => {
                if next == renew_at {
                    renew::<W>(&house).await;
                    renew_at = clock.now().plus(LEASE / 3);
                } else {
                    for item in take_over::<W>(&house, false).await {
                        lanes.add(item);
                    }
                    look_at = clock.now().plus(LOOK);
                }
            }
        }
    }
    // What does not end in time is broken off: its row is open, and the next start looks before it repeats.
    let ending = async { while lanes.running.join_next().await.is_some() {} };
    if tokio::time::timeout(SOFT_STOP, ending).await.is_err() {
        tracing::warn!("work that did not end in time is left for the next start");
    }
}

/// Claims what is open and in nobody's hand, all of it. At the `first` look of a process that has the database to
/// itself, claims that still hold are of the dead.
async fn take_over<W: Works>(house: &House, first: bool) -> Vec<W::Item> {
    let now = house.clock.now();
    let over = if first && house.store.is_alone() { Timestamp::from_millis(i64::MAX) } else { now };
    let mut taken = Vec::new();
    loop {
        let worker = house.store.worker().clone();
        let claimed =
            house.store.write(move |tx| Box::pin(async move { W::claim(tx, &worker, now, over).await })).await;
        match claimed {
            Ok(rows) if rows.is_empty() => return taken,
            Ok(rows) => taken.extend(rows),
            Err(cause) => {
                tracing::error!(error = %cause, "cannot look for open work");
                return taken;
            }
        }
    }
}

/// Keeps what is in hand from being taken over.
async fn renew<W: Works>(house: &House) {
    let (worker, now) = (house.store.worker().clone(), house.clock.now());
    let renewed = house.store.write(move |tx| Box::pin(async move { claims::renew(tx, W::QUEUE, &worker, now).await }));
    if let Err(cause) = renewed.await {
        tracing::warn!(error = %cause, "cannot renew the claims");
    }
}

impl<W: Works> Lanes<W> {
    fn add(&mut self, item: W::Item) {
        let lane = W::lane(&item);
        let is_new = !self.waiting.contains_key(&lane);
        self.waiting.entry(lane.clone()).or_default().push_back(item);
        if is_new {
            self.ready.push_back(lane);
            self.start();
        }
    }

    /// A lane's turn is over: its next item gets in line behind the other lanes.
    fn next_of(&mut self, lane: String) {
        self.turns -= 1;
        if self.waiting.get(&lane).is_some_and(VecDeque::is_empty) {
            self.waiting.remove(&lane);
        } else {
            self.ready.push_back(lane);
        }
        self.start();
    }

    fn start(&mut self) {
        while self.turns < W::AT_ONCE {
            let Some(lane) = self.ready.pop_front() else { return };
            let Some(item) = self.waiting.get_mut(&lane).and_then(VecDeque::pop_front) else { continue };
            self.turns += 1;
            let turn = Turn { lane, over: self.over.clone() };
            self.running.spawn(self.works.clone().work(item, turn));
        }
    }
}
