//! The one writer: puts all that waits into one transaction, and answers after the commit.
//!
//! A statement through sqlx costs a message to the connection's thread and back, and a synced commit costs the disk:
//! both are shared by whatever came together. An error of one job must not be the others' error, so a group that
//! fails is rolled back and its jobs are run one by one.
//!
//! On a server the writer says now and then that it is alive. When it loses its connection, or finds that others gave
//! it up, nobody knows how its last commit ended: it begins a new term, and takes up what it finds in the database.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::claims::{Claim, Queue};
use super::commit::Committed;
use super::error::StoreError;
use super::group::{Group, Written, write_rows};
use super::lease::LEASE;
use super::line::{Joined, Line};
use super::listen::{self, News};
use super::signals::Signals;
use super::writer::{Asked, InHand, Job};
use super::{inbox, outbox};
use crate::domain::moment::{self, Moment};
use crate::event::Raw;
use crate::metrics::Metrics;
use crate::ports::{Arrived, Clock};

/// How often it says that it is alive.
const BEAT: Duration = Duration::from_secs(2);
/// The shortest wait: whoever is just being written for cannot be given up yet.
const SOON: Duration = Duration::from_millis(200);
const _: () = assert!(3 * BEAT.as_millis() <= LEASE.as_millis());

/// How many jobs share a transaction at most: keeps the wait of the first one short.
const GROUP: usize = 256;

/// The writer itself: run it as a task of its own; it ends when the last store handle is gone.
pub struct WriterTask {
    pub(super) line: Line,
    pub(super) jobs: mpsc::Receiver<Job>,
    pub(super) arrivals: mpsc::UnboundedSender<inbox::Claimed>,
    pub(super) effects: mpsc::UnboundedSender<outbox::Claimed>,
    pub(super) signals: Arc<Signals>,
    pub(super) in_hand: Arc<InHand>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: Metrics,
}

impl WriterTask {
    /// Writes until every store handle is gone.
    pub async fn run(mut self) {
        let listening = listen::run(self.line.url().clone(), self.signals.clone());
        tokio::select! {
            () = self.write() => {}
            () = listening => {}
        }
        if let Err(cause) = self.line.leave().await {
            tracing::debug!(error = %cause, "what is left open is taken over when the lease has ended");
        }
    }

    async fn write(&mut self) {
        let mut waiting = Vec::with_capacity(GROUP);
        let mut beats = beats();
        loop {
            tokio::select! {
                biased;
                _ = beats.tick(), if !self.line.is_alone() => beats.reset_after(self.beat().await),
                count = self.jobs.recv_many(&mut waiting, GROUP) => match count {
                    0 => return,
                    _ => self.write_all(&mut waiting).await,
                },
            }
            if self.line.is_lost() && !self.begin_anew().await {
                return;
            }
        }
    }

    async fn write_all(&mut self, waiting: &mut Vec<Job>) {
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
                Job::Write(asked, answer) => {
                    // What was asked for earlier is written earlier.
                    self.write_group(std::mem::take(&mut group)).await;
                    let written = self.write_alone(asked).await;
                    if let Err(Err(unheard)) = answer.send(written) {
                        // An unheard failure is logged by nobody else.
                        tracing::error!(error = %unheard, "a write failed and nobody waited for it");
                    }
                }
                Job::Observe(asked, rows, answer) => {
                    self.write_group(std::mem::take(&mut group)).await;
                    drop(answer.send(self.write_observed(asked, rows).await));
                }
                Job::Take(queue, answer) => {
                    self.write_group(std::mem::take(&mut group)).await;
                    drop(answer.send(self.take(queue).await));
                }
            }
        }
        self.write_group(group).await;
    }

    /// Says that it is alive, and hears who is not. Gives when to do it again: before its own lease is short, and as soon
    /// as another's would end.
    async fn beat(&mut self) -> Duration {
        match self.line.beat(&self.signals.lease, self.clock.as_ref()).await {
            Ok(heard) => {
                self.signals.meet(heard.crew);
                if heard.has_freed {
                    tracing::warn!("a replica was not heard of; what it had in hand is taken over");
                    self.signals.tell(News::ALL);
                }
                BEAT.min(heard.left).max(SOON)
            }
            Err(cause) => {
                tracing::warn!(error = %cause, "the database does not hear that this replica is alive");
                BEAT
            }
        }
    }

    /// Begins a new term on a new connection. What is asked for meanwhile is refused. Gives whether there is still
    /// somebody to write for.
    async fn begin_anew(&mut self) -> bool {
        self.signals.lease.end();
        self.metrics.term_lost();
        tracing::error!("the database is out of reach, or others took over: what was begun is broken off");
        let clock = self.clock.clone();
        let joining = self.line.join_anew(clock.as_ref());
        tokio::pin!(joining);
        let joined = loop {
            tokio::select! {
                biased;
                joined = &mut joining => break joined,
                job = self.jobs.recv() => match job {
                    Some(job) => job.refuse(|| StoreError::Away),
                    None => return false,
                },
            }
        };
        let Joined { worker, until, crew } = joined;
        self.signals.meet(crew);
        tracing::info!(%worker, "the database is there; work goes on");
        self.in_hand.clear();
        self.signals.lease.begin_anew(worker, until);
        self.signals.tell(News::ALL);
        true
    }

    /// Whether a job is still its asker's.
    fn is_of_now(&self, asked: &Asked) -> bool {
        asked.term.as_ref().is_none_or(|term| term.worker() == self.line.worker())
    }

    async fn write_alone(&mut self, asked: Asked) -> Result<(), StoreError> {
        if !self.is_of_now(&asked) {
            return Err(StoreError::ClaimLost);
        }
        let (work, news) = (asked.work, asked.news);
        let written = self.line.transact(&[], |()| Some(news), |tx| work(tx)).await;
        self.signals.tell(news);
        written
    }

    async fn write_observed(&mut self, asked: Asked, rows: Vec<inbox::NewRow>) -> Result<(), StoreError> {
        if !self.is_of_now(&asked) {
            return Err(StoreError::ClaimLost);
        }
        let (worker, work) = (self.line.worker().clone(), asked.work);
        let arrived: Vec<Raw> = rows.into_iter().map(|row| row.raw).collect();
        let locks = self.line.locks(arrived.iter().map(|raw| (Queue::Inbox, raw.lane.as_str())));
        let news = asked.news;
        let new = self
            .line
            .transact(
                &locks,
                |_| Some(news),
                |tx| {
                    Box::pin(async {
                        work(tx).await?;
                        inbox::insert(tx, &arrived.iter().collect::<Vec<_>>(), &worker).await
                    })
                },
            )
            .await?;
        for raw in arrived.into_iter().filter(|raw| new.get(raw.id.as_str()).is_some_and(|is_ours| *is_ours)) {
            self.hand_over(raw);
        }
        self.signals.tell(news);
        Ok(())
    }

    /// Takes free rows, and hands them over behind what was born in hand before, which may be earlier in their lanes.
    async fn take(&mut self, queue: Queue) -> Result<usize, StoreError> {
        let worker = self.line.worker().clone();
        match queue {
            Queue::Inbox => {
                let taking =
                    self.line.transact(&[], |_| None, |tx| Box::pin(async { inbox::claim(tx, &worker).await }));
                Ok(taking.await?.into_iter().map(|taken| drop(self.arrivals.send(taken))).count())
            }
            Queue::Outbox => {
                let taking =
                    self.line.transact(&[], |_| None, |tx| Box::pin(async { outbox::claim(tx, &worker).await }));
                Ok(taking.await?.into_iter().map(|taken| drop(self.effects.send(taken))).count())
            }
        }
    }

    fn claim(&self) -> Claim {
        Claim { worker: self.line.worker().clone(), attempt: 1 }
    }

    fn hand_over(&self, raw: Raw) {
        self.in_hand.begin(Queue::Inbox);
        drop(self.arrivals.send(inbox::Claimed { raw, claim: self.claim() }));
    }

    async fn write_group(&mut self, group: Group) {
        if group.len() == 0 {
            return;
        }
        tell(&group, Moment::BeforeInsert, Moment::BeforeCommit);
        match self.try_group(&group).await {
            Ok(written) => {
                tell(&group, Moment::AfterInsert, Moment::AfterCommit);
                self.answer(group, written);
            }
            Err(StoreError::Conflict) if group.commits.len() == 1 => {
                self.answer(group, Written { committed: vec![Committed::Conflict], ..Written::default() });
            }
            Err(cause) if group.len() == 1 || self.line.is_lost() => {
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
    }

    async fn try_group(&mut self, group: &Group) -> Result<Written, StoreError> {
        let (now, worker, begun) = (self.clock.now(), self.line.worker().clone(), Instant::now());
        let written = if self.line.is_alone() && group.is_one_statement() {
            self.line.state(|tx| Box::pin(write_rows(tx, group, (&worker, now)))).await
        } else {
            let locks = self.line.locks(group.lanes());
            let news = group.news();
            self.line.transact(&locks, |_| Some(news), |tx| Box::pin(write_rows(tx, group, (&worker, now)))).await
        };
        match &written {
            Ok(_) => self.metrics.committed(begun.elapsed()),
            // Somebody was faster: nothing is wrong.
            Err(StoreError::Conflict) => {}
            Err(_) => self.metrics.commit_failed(),
        }
        written
    }

    /// Answers, and hands over what was written. A queue whose reader is gone (the house closes) keeps nothing: the
    /// rows are claimed again at the next start.
    fn answer(&self, group: Group, written: Written) {
        let news = group.news().with(News::FREED, written.has_followers);
        for ((row, answer), (arrived, is_ours)) in group.arrivals.into_iter().zip(written.arrived) {
            let is_new = matches!(arrived, Arrived::New(_));
            drop(answer.send(Ok(arrived)));
            if is_new && is_ours {
                self.hand_over(row.raw);
            }
        }
        for ((commit, answer), committed) in group.commits.into_iter().zip(written.committed) {
            drop(answer.send(Ok(committed)));
            if committed == Committed::Conflict {
                continue;
            }
            self.in_hand.end(Queue::Inbox);
            if committed == Committed::Done {
                let is_ours = |id: &str| !written.free.contains(id);
                commit
                    .children
                    .into_iter()
                    .filter(|raw| is_ours(raw.id.as_str()))
                    .for_each(|child| self.hand_over(child));
                for effect in commit.effects.into_iter().filter(|effect| is_ours(effect.id.as_str())) {
                    self.in_hand.begin(Queue::Outbox);
                    drop(self.effects.send(outbox::Claimed { effect, claim: self.claim() }));
                }
            }
        }
        for (_, answer) in group.receipts {
            self.in_hand.end(Queue::Outbox);
            drop(answer.send(Ok(())));
        }
        self.signals.tell(news);
    }
}

/// The moments to say that it is alive.
fn beats() -> Interval {
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats
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
