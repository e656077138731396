//! The writer's door: jobs go in one by one, in the order in which they were asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::claims::Queue;
use super::commit::{Commit, Committed};
use super::db::Tx;
use super::error::StoreError;
use super::group::Answer;
use super::lease::Term;
use super::listen::News;
use super::{inbox, outbox};
use crate::ports::{Arrived, IntakeError};

/// How many jobs may wait. More arrivals are turned away aloud; everything else waits for its place.
const QUEUE: usize = 4096;
/// How many arrivals may be unfinished, and how many deeds, before more arrivals are turned away. It bounds the queues of
/// the handover, which have no bound of their own: a row that finds no place there would be out of its lane's order.
/// A chat that is down or slow leaves deeds behind, however fast what people say is decided.
const OPEN: usize = 16_384;

/// What this process has in hand.
#[derive(Default)]
pub(super) struct InHand {
    arrivals: AtomicUsize,
    effects: AtomicUsize,
}

impl InHand {
    fn is_full(&self) -> bool {
        self.arrivals.load(Ordering::Relaxed) >= OPEN || self.effects.load(Ordering::Relaxed) >= OPEN
    }

    /// One more.
    pub(super) fn begin(&self, queue: Queue) {
        self.count(queue).fetch_add(1, Ordering::Relaxed);
    }

    /// One ended. What an earlier start took in was never counted here: nothing to take off then.
    pub(super) fn end(&self, queue: Queue) {
        self.count(queue).fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1)).ok();
    }

    /// Nothing is any more.
    pub(super) fn clear(&self) {
        self.arrivals.store(0, Ordering::Relaxed);
        self.effects.store(0, Ordering::Relaxed);
    }

    fn count(&self, queue: Queue) -> &AtomicUsize {
        match queue {
            Queue::Inbox => &self.arrivals,
            Queue::Outbox => &self.effects,
        }
    }
}

/// What this process has just written, or taken up, and may work on.
pub struct Handover {
    /// Arrivals, in the order of their rows in each lane.
    pub arrivals: mpsc::UnboundedReceiver<inbox::Claimed>,
    /// Deeds, in the order of their rows in each lane.
    pub effects: mpsc::UnboundedReceiver<outbox::Claimed>,
}

pub(super) type Work = Box<dyn for<'t> FnOnce(&'t mut Tx<'_>) -> BoxFuture<'t, Result<(), StoreError>> + Send>;

/// What somebody writes, and in which term: once that is over it is not theirs to write. None: whoever asks may.
pub(super) struct Asked {
    pub(super) work: Work,
    pub(super) term: Option<Arc<Term>>,
    /// What it has for those who wait.
    pub(super) news: News,
}

pub(super) enum Job {
    Arrive(Box<inbox::NewRow>, Answer<Arrived>),
    Commit(Box<Commit>, Answer<Committed>),
    Record(outbox::Receipt, Answer<()>),
    Write(Asked, Answer<()>),
    Observe(Asked, Vec<inbox::NewRow>, Answer<()>),
    Take(Queue, Answer<usize>),
}

impl Job {
    /// Answers that it was not done.
    pub(super) fn refuse(self, cause: impl FnOnce() -> StoreError) {
        match self {
            Self::Arrive(_, answer) => drop(answer.send(Err(cause()))),
            Self::Commit(_, answer) => drop(answer.send(Err(cause()))),
            Self::Take(_, answer) => drop(answer.send(Err(cause()))),
            Self::Record(_, answer) | Self::Write(_, answer) | Self::Observe(_, _, answer) => {
                drop(answer.send(Err(cause())));
            }
        }
    }
}

/// The writer's door.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    in_hand: Arc<InHand>,
}

impl Writer {
    /// The door, what comes in by it, and the count of what is open.
    pub(super) fn open() -> (Self, mpsc::Receiver<Job>, Arc<InHand>) {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let in_hand = Arc::<InHand>::default();
        (Self { jobs, in_hand: in_hand.clone() }, waiting, in_hand)
    }

    pub(super) async fn arrive(&self, row: inbox::NewRow) -> Result<Arrived, IntakeError> {
        if self.in_hand.is_full() {
            return Err(IntakeError::Busy);
        }
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job::Arrive(Box::new(row), answer)).map_err(|full| match full {
            mpsc::error::TrySendError::Full(_) => IntakeError::Busy,
            mpsc::error::TrySendError::Closed(_) => IntakeError::Store(Box::new(StoreError::Closed)),
        })?;
        let answer = answered.await.map_err(|_| IntakeError::Store(Box::new(StoreError::Closed)))?;
        answer.map_err(|cause| IntakeError::Store(Box::new(cause)))
    }

    pub(super) async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.ask(|answer| Job::Commit(Box::new(commit), answer)).await?
    }

    pub(super) async fn record(&self, receipt: outbox::Receipt) -> Result<(), StoreError> {
        self.ask(|answer| Job::Record(receipt, answer)).await?
    }

    pub(super) async fn write<T, W>(&self, (term, news): (Option<Arc<Term>>, News), work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send + 'static,
    {
        let (value, valued) = oneshot::channel();
        let work: Work = Box::new(move |tx| {
            Box::pin(async move {
                // Nobody may wait for it any more; the work is done all the same.
                drop(value.send(work(tx).await?));
                Ok(())
            })
        });
        self.ask(|answer| Job::Write(Asked { work, term, news }, answer)).await??;
        valued.await.map_err(|_| StoreError::Closed)
    }

    /// Runs `work` and stores `arrivals` in one transaction of their own, then lets stewards look.
    pub(super) async fn observe(&self, asked: Asked, arrivals: Vec<inbox::NewRow>) -> Result<(), StoreError> {
        self.ask(|answer| Job::Observe(asked, arrivals, answer)).await?
    }

    /// Takes the next rows in hand that are in nobody's; gives how many.
    pub(super) async fn take(&self, queue: Queue) -> Result<usize, StoreError> {
        self.ask(|answer| Job::Take(queue, answer)).await?
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(job(answer)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)
    }
}
