//! The one writer: puts all that waits into one transaction, and answers after the commit.
//!
//! A statement through sqlx costs a message to the connection's thread and back, and a synced commit costs the disk:
//! both are shared by whatever came together. An error of one job must not be the others' error, so a group that
//! fails is rolled back and its jobs are run one by one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, mpsc, oneshot};

use super::claims::Claim;
use super::commit::{Commit, Committed};
use super::db::{Conn, Statements, Tx};
use super::error::StoreError;
use super::group::{Answer, Group, Written, write_rows};
use super::{inbox, outbox};
use crate::domain::WorkerId;
use crate::domain::moment::{self, Moment};
use crate::event::Raw;
use crate::ports::{Arrived, Clock, IntakeError};

/// How many jobs may wait. More arrivals are turned away aloud; everything else waits for its place.
const QUEUE: usize = 4096;
/// How many arrivals may be unfinished. It bounds the queues of the handover, which have no bound of their own: a row
/// that finds no place there would be out of its lane's order.
const OPEN: usize = 16_384;
/// How many jobs share a transaction at most: keeps the wait of the first one short.
const GROUP: usize = 256;

/// What this process has just written and may work on.
pub struct Handover {
    /// Arrivals, in the order of their rows.
    pub arrivals: mpsc::UnboundedReceiver<inbox::Claimed>,
    /// Deeds, in the order of their rows.
    pub effects: mpsc::UnboundedReceiver<outbox::Claimed>,
}

pub(super) type Work = Box<dyn for<'t> FnOnce(&'t mut Tx<'_>) -> BoxFuture<'t, Result<(), StoreError>> + Send>;

enum Job {
    Arrive(Box<inbox::NewRow>, Answer<Arrived>),
    Commit(Box<Commit>, Answer<Committed>),
    Record(outbox::Receipt, Answer<()>),
    Write(Work, oneshot::Sender<StoreError>),
    Observe(Work, Vec<inbox::NewRow>, Answer<()>),
}

/// The writer's door.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    changed: Arc<Notify>,
    touched: Arc<Notify>,
    timed: Arc<Notify>,
    open: Arc<AtomicUsize>,
}

/// The writer itself: run it as a task of its own; it ends when the last store handle is gone.
pub struct WriterTask {
    conn: Conn,
    statements: Statements,
    jobs: mpsc::Receiver<Job>,
    arrivals: mpsc::UnboundedSender<inbox::Claimed>,
    effects: mpsc::UnboundedSender<outbox::Claimed>,
    changed: Arc<Notify>,
    touched: Arc<Notify>,
    timed: Arc<Notify>,
    open: Arc<AtomicUsize>,
    worker: WorkerId,
    clock: Arc<dyn Clock>,
}

pub(super) fn start(
    (conn, statements): (Conn, Statements),
    worker: WorkerId,
    clock: Arc<dyn Clock>,
) -> (Writer, WriterTask, Handover) {
    let (jobs, waiting) = mpsc::channel(QUEUE);
    let (arrivals, arrived) = mpsc::unbounded_channel();
    let (effects, decided) = mpsc::unbounded_channel();
    let changed = Arc::new(Notify::new());
    let open = Arc::new(AtomicUsize::new(0));
    let touched = Arc::new(Notify::new());
    let timed = Arc::new(Notify::new());
    let writer =
        Writer { jobs, changed: changed.clone(), touched: touched.clone(), timed: timed.clone(), open: open.clone() };
    let jobs = waiting;
    let task = WriterTask { conn, statements, jobs, arrivals, effects, changed, touched, timed, open, worker, clock };
    (writer, task, Handover { arrivals: arrived, effects: decided })
}

impl Writer {
    pub(super) async fn arrive(&self, row: inbox::NewRow) -> Result<Arrived, IntakeError> {
        if self.open.load(Ordering::Relaxed) >= OPEN {
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

    pub(super) async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
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
        let (failure, failed) = oneshot::channel();
        self.jobs.send(Job::Write(work, failure)).await.map_err(|_| StoreError::Closed)?;
        match (failed.await, valued.await) {
            (Ok(cause), _) => Err(cause),
            (Err(_), Ok(value)) => Ok(value),
            (Err(_), Err(_)) => Err(StoreError::Closed),
        }
    }

    pub(super) fn changed(&self) -> OwnedNotified {
        self.changed.clone().notified_owned()
    }

    pub(super) fn touched(&self) -> &Arc<Notify> {
        &self.touched
    }

    pub(super) fn timed(&self) -> &Arc<Notify> {
        &self.timed
    }

    /// Runs `work` and stores `arrivals` in one transaction of their own, then lets stewards look.
    pub(super) async fn observe(&self, work: Work, arrivals: Vec<inbox::NewRow>) -> Result<(), StoreError> {
        self.ask(|answer| Job::Observe(work, arrivals, answer)).await?
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(job(answer)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)
    }
}

impl WriterTask {
    /// Writes until every store handle is gone.
    pub async fn run(mut self) {
        let mut waiting = Vec::with_capacity(GROUP);
        while self.jobs.recv_many(&mut waiting, GROUP).await > 0 {
            let mut group = Group::default();
            for job in waiting.drain(..) {
                match job {
                    Job::Arrive(row, answer) => group.arrivals.push((row, answer)),
                    Job::Commit(commit, answer) if commit.writes_state() => {
                        // It may end in a conflict, which must not be the others'.
                        self.write_group(std::mem::take(&mut group)).await;
                        self.write_group(Group { commits: vec![(commit, answer)], ..Group::default() }).await;
                    }
                    Job::Commit(commit, answer) => group.commits.push((commit, answer)),
                    Job::Record(receipt, answer) => group.receipts.push((receipt, answer)),
                    Job::Write(work, answer) => {
                        // What was asked for earlier is written earlier.
                        self.write_group(std::mem::take(&mut group)).await;
                        self.write_alone(work, answer).await;
                    }
                    Job::Observe(work, rows, answer) => {
                        self.write_group(std::mem::take(&mut group)).await;
                        drop(answer.send(self.write_observed(work, rows).await));
                    }
                }
            }
            self.write_group(group).await;
        }
    }

    async fn write_alone(&mut self, work: Work, failure: oneshot::Sender<StoreError>) {
        let mut tx = Tx::over(&mut self.conn, self.statements.clone());
        let result = within(&mut tx, |tx| work(tx)).await;
        self.changed.notify_waiters();
        if let Err(cause) = result {
            // An unheard failure is logged by nobody else.
            if let Err(unheard) = failure.send(cause) {
                tracing::error!(error = %unheard, "a write failed and nobody waited for it");
            }
        }
    }

    async fn write_observed(&mut self, work: Work, rows: Vec<inbox::NewRow>) -> Result<(), StoreError> {
        let worker = self.worker.clone();
        let arrived: Vec<Raw> = rows.into_iter().map(|row| row.raw).collect();
        let mut tx = Tx::over(&mut self.conn, self.statements.clone());
        let new = within(&mut tx, |tx| {
            Box::pin(async {
                work(tx).await?;
                inbox::insert(tx, &arrived.iter().collect::<Vec<_>>(), &worker).await
            })
        })
        .await?;
        for raw in arrived.into_iter().filter(|raw| new.contains(raw.id.as_str())) {
            self.hand_over(raw);
        }
        self.touched.notify_one();
        self.changed.notify_waiters();
        Ok(())
    }

    fn hand_over(&self, raw: Raw) {
        let claim = Claim { worker: self.worker.clone(), attempt: 1 };
        self.open.fetch_add(1, Ordering::Relaxed);
        drop(self.arrivals.send(inbox::Claimed { raw, claim }));
    }

    async fn write_group(&mut self, group: Group) {
        if group.len() == 0 {
            return;
        }
        let has_touched = group.commits.iter().any(|(commit, _)| !commit.touched.is_empty());
        let has_timed = group.commits.iter().any(|(commit, _)| commit.sets_timer());
        tell(&group, Moment::BeforeInsert, Moment::BeforeCommit);
        match self.try_group(&group).await {
            Ok(written) => {
                tell(&group, Moment::AfterInsert, Moment::AfterCommit);
                self.answer(group, written);
            }
            Err(StoreError::Conflict) if group.commits.len() == 1 => {
                let committed = vec![Committed::Conflict];
                self.answer(group, Written { arrived: Vec::new(), committed });
            }
            Err(cause) if group.len() == 1 => {
                tracing::error!(error = %cause, "the store failed: a write failed");
                group.fail(&cause);
            }
            Err(_) => {
                for single in group.singles() {
                    match self.try_group(&single).await {
                        Ok(written) => self.answer(single, written),
                        Err(cause) => {
                            tracing::error!(error = %cause, "the store failed: a write failed");
                            single.fail(&cause);
                        }
                    }
                }
            }
        }
        if has_touched {
            self.touched.notify_one();
        }
        if has_timed {
            self.timed.notify_one();
        }
        self.changed.notify_waiters();
    }

    async fn try_group(&mut self, group: &Group) -> Result<Written, StoreError> {
        let now = self.clock.now();
        let worker = self.worker.clone();
        let mut tx = Tx::over(&mut self.conn, self.statements.clone());
        if group.is_one_statement() {
            return write_rows(&mut tx, group, (&worker, now)).await;
        }
        within(&mut tx, |tx| Box::pin(write_rows(tx, group, (&worker, now)))).await
    }

    /// Answers, and hands over what was written. A queue whose reader is gone (the house closes) keeps nothing: the
    /// rows are claimed again at the next start.
    fn answer(&self, group: Group, written: Written) {
        let claim = Claim { worker: self.worker.clone(), attempt: 1 };
        for ((row, answer), arrived) in group.arrivals.into_iter().zip(written.arrived) {
            let is_new = matches!(arrived, Arrived::New(_));
            drop(answer.send(Ok(arrived)));
            if is_new {
                self.hand_over(row.raw);
            }
        }
        for ((commit, answer), committed) in group.commits.into_iter().zip(written.committed) {
            drop(answer.send(Ok(committed)));
            if committed == Committed::Conflict {
                continue;
            }
            // What an earlier start took in was never counted here: nothing to take off then.
            self.open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| open.checked_sub(1)).ok();
            if committed == Committed::Done {
                commit.children.into_iter().for_each(|child| self.hand_over(child));
                for effect in commit.effects {
                    drop(self.effects.send(outbox::Claimed { effect, claim: claim.clone() }));
                }
            }
        }
        for (_, answer) in group.receipts {
            drop(answer.send(Ok(())));
        }
    }
}

/// Tells the moment of what the group holds.
fn tell(group: &Group, of_arrivals: Moment, of_commits: Moment) {
    if !group.arrivals.is_empty() {
        tracing::trace!(target: moment::TARGET, moment = of_arrivals.as_str());
    }
    if !group.commits.is_empty() {
        tracing::trace!(target: moment::TARGET, moment = of_commits.as_str());
    }
}

/// Runs `work` between BEGIN and COMMIT; rolls back when it fails.
async fn within<'a, T, F>(tx: &mut Tx<'a>, work: F) -> Result<T, StoreError>
where
    F: for<'t> FnOnce(&'t mut Tx<'a>) -> BoxFuture<'t, Result<T, StoreError>>,
{
    tx.begin().await?;
    match work(tx).await {
        Ok(value) => {
            tx.end("COMMIT").await?;
            Ok(value)
        }
        Err(cause) => {
            tx.end("ROLLBACK").await?;
            Err(cause)
        }
    }
}
