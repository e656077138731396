//! The ledger: the only place that knows SQL. One text a statement, run on SQLite and PostgreSQL alike.
//!
//! *Writing* goes through one writer (`store::writer`), which puts all that waits into one transaction; *reading* takes a
//! [`Reader`] from a pool. Rows are born in the hand of the process that writes them and handed over in memory; claims
//! by query serve start-up, and what other replicas leave.

pub mod audit;
pub mod cards;
pub mod claims;
mod commit;
pub mod console;
pub mod credentials;
mod db;
pub mod deployments;
pub mod drafts;
pub mod environments;
mod error;
pub mod former_rooms;
mod group;
mod home;
pub mod homes;
pub mod inbox;
pub mod iterations;
pub mod keeping;
mod lease;
mod line;
mod listen;
mod lock;
pub mod log_asks;
pub mod members;
mod migrate;
mod open;
pub mod outbox;
pub mod overview;
pub mod peek;
pub mod record;
pub mod repositories;
pub mod retention;
pub mod revisions;
pub mod rooms;
mod rows;
pub mod seals;
pub mod set_back;
mod signals;
mod state;
mod time;
pub mod timers;
pub mod touches;
mod workers;
mod writer;
mod writing;

use std::sync::Arc;

use async_trait::async_trait;
use claims::Queue;
pub use commit::{Commit, Committed};
pub use db::{Reader, Statements, Synchronous, Tx, Url};
pub use error::StoreError;
pub use home::Home;
pub use lease::{LEASE, Term};
pub use time::{StoreClock, StoreTime};
use tokio::sync::{mpsc, watch};
pub use writer::Handover;
pub use writing::WriterTask;

use crate::domain::touch::TouchKey;
use crate::domain::{Crew, HomeId, WorkerId};
use crate::event::Arrival;
use crate::metrics::{Metrics, Stock};
use crate::ports::{Arrived, Clock, Ids, Intake, IntakeError};

/// A handle on the ledger; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// Writes with this handle belong to a term, and are refused when it is over.
    term: Option<Arc<Term>>,
}

struct Inner {
    db: db::Db,
    writer: writer::Writer,
    signals: Arc<signals::Signals>,
    clock: Arc<dyn Clock>,
    time: StoreTime,
    ids: Arc<dyn Ids>,
    metrics: Metrics,
    lock: Option<lock::ProcessLock>,
    home: HomeId,
}

/// What the ledger needs to be opened.
pub struct Opening {
    /// Which database.
    pub url: Url,
    /// What a commit survives.
    pub synchronous: Synchronous,
    /// Where this process lives.
    pub home: Home,
    /// Told how far the database's clock is from `clock`.
    pub time: StoreTime,
    /// Tells rows the time.
    pub clock: Arc<dyn Clock>,
    /// Names new rows.
    pub ids: Arc<dyn Ids>,
    /// Told of each transaction.
    pub metrics: Metrics,
}

impl Store {
    /// Opens the database, brings its schema up to date, and gives the writer to run, with the queues it fills.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it, [`StoreError::Newer`] when a newer release wrote it.
    pub async fn open(opening: Opening) -> Result<(Self, WriterTask, Handover), StoreError> {
        let Opening { url, synchronous, home, time, clock, ids, metrics } = opening;
        let lock = lock::ProcessLock::take(&url)?;
        let lives = home.id().clone();
        let mut db = db::Db::open(&url, synchronous).await?;
        let conn = db.writing_connection()?;
        let ends = line::Ends { url, home, time: time.clone(), ids: ids.clone() };
        let (line, joined) = line::Line::open(ends, conn, clock.as_ref()).await?;
        let lease = lease::Lease::begin(joined.worker, joined.until);
        let signals = Arc::new(signals::Signals::new(lease, joined.crew));
        let (writer, jobs, in_hand) = writer::Writer::open();
        let (arrivals, arrived) = mpsc::unbounded_channel();
        let (effects, decided) = mpsc::unbounded_channel();
        let (told, time_of, counted) = (signals.clone(), clock.clone(), metrics.clone());
        let task =
            WriterTask { line, jobs, arrivals, effects, signals: told, in_hand, clock: time_of, metrics: counted };
        let inner = Inner { db, writer, signals, clock, time, ids, metrics, lock, home: lives };
        let handover = Handover { arrivals: arrived, effects: decided };
        Ok((Self { inner: Arc::new(inner), term: None }, task, handover))
    }

    /// The term that runs.
    pub fn term(&self) -> Arc<Term> {
        self.inner.signals.lease.term()
    }

    /// Tells of each term that begins from now on: what was in hand before is no more.
    pub fn terms(&self) -> watch::Receiver<Arc<Term>> {
        self.inner.signals.lease.terms()
    }

    /// Who is at work on the database, now and from now on.
    pub fn crew(&self) -> watch::Receiver<Crew> {
        self.inner.signals.crew()
    }

    /// The same store for work that belongs to a term: what it writes after the end of the term is refused.
    #[must_use]
    pub fn within(&self, term: &Arc<Term>) -> Self {
        Self { inner: self.inner.clone(), term: Some(term.clone()) }
    }

    /// Does `work` as long as what `worker` has in hand is its own: no step of it begins later. Gives nothing when it was
    /// broken off, which is counted.
    pub async fn as_worker<W: Future>(&self, worker: &WorkerId, work: W) -> Option<W::Output> {
        let term = Some(self.term()).filter(|term| term.worker() == worker);
        let done = match term {
            Some(term) => term.guard(work).await,
            None => None,
        };
        if done.is_none() {
            let count = self.inner.metrics.broken_off();
            tracing::warn!(count, "work was broken off: the lease was lost");
        }
        done
    }

    /// How much of what was begun was broken off because the lease was lost. Of each at most the one call that was on
    /// its way may have been done; whoever takes it up looks first.
    pub fn broken_off(&self) -> u64 {
        self.inner.metrics.count_broken_off()
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// A connection to read with.
    pub async fn reader(&self) -> Result<Reader, StoreError> {
        self.inner.db.reader().await
    }

    /// Runs `work` as one transaction of its own: for what is written rarely.
    pub async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(&'t mut Tx<'_>) -> futures::future::BoxFuture<'t, Result<T, StoreError>> + Send + 'static,
    {
        self.inner.writer.write((self.term.clone(), listen::News::NONE), work).await
    }

    /// The same, for what asks something of another process.
    pub async fn ask<W>(&self, work: W) -> Result<(), StoreError>
    where
        W: for<'t> FnOnce(&'t mut Tx<'_>) -> futures::future::BoxFuture<'t, Result<(), StoreError>> + Send + 'static,
    {
        self.inner.writer.write((self.term.clone(), listen::News::ASKED), work).await
    }

    /// Commits what was decided of an event. See [`Committed`] for what may come of it.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.inner.writer.commit(commit).await
    }

    /// Records what the outside answered to an effect. Nothing changes when the claim was lost meanwhile.
    pub async fn record(&self, receipt: outbox::Receipt) -> Result<(), StoreError> {
        self.inner.writer.record(receipt).await
    }

    /// Writes what a steward saw, and with it the outcomes that a reaction decides on.
    pub async fn observe<W>(&self, outcomes: Vec<Arrival>, work: W) -> Result<(), StoreError>
    where
        W: for<'t> FnOnce(&'t mut Tx<'_>) -> futures::future::BoxFuture<'t, Result<(), StoreError>> + Send + 'static,
    {
        let now = self.inner.clock.now();
        let rows = outcomes.into_iter().map(|outcome| inbox::NewRow::of(outcome, self.inner.ids.fresh(), now));
        let news = listen::News::TOUCHED;
        let asked = writer::Asked { work: Box::new(work), term: self.term.clone(), news };
        self.inner.writer.observe(asked, rows.collect()).await
    }

    /// Told once when keys were touched.
    pub fn touched(&self) -> &Arc<tokio::sync::Notify> {
        self.inner.signals.touched()
    }

    /// Told once when timers were set.
    pub fn timed(&self) -> &Arc<tokio::sync::Notify> {
        self.inner.signals.timed()
    }

    /// Told once when another process may have asked something.
    pub fn asked(&self) -> &Arc<tokio::sync::Notify> {
        self.inner.signals.asked()
    }

    /// Resolves when something has been committed after the call.
    pub fn changed(&self) -> tokio::sync::futures::OwnedNotified {
        self.inner.signals.changed()
    }

    /// How much is still to be done now: open arrivals and deeds, keys that are due or in hand, timers that are due.
    pub async fn count_open(&self) -> Result<i64, StoreError> {
        open::count(&mut self.reader().await?, self.inner.clock.now()).await
    }

    /// What stands in the database now, for the figures.
    pub async fn stock(&self) -> Result<Stock, StoreError> {
        let replicas = self.crew().borrow().count;
        open::stock(&mut self.reader().await?, replicas).await
    }

    /// How many statements have been run so far.
    pub fn statements(&self) -> Statements {
        self.inner.db.statements()
    }

    /// Takes in hand all of a queue that is in nobody's; it comes by the handover.
    pub async fn take(&self, queue: Queue) -> Result<(), StoreError> {
        while self.inner.writer.take(queue).await? > 0 {}
        Ok(())
    }

    /// Told once when work of a queue was found in nobody's hand.
    pub fn freed(&self, queue: Queue) -> &Arc<tokio::sync::Notify> {
        self.inner.signals.freed(queue)
    }

    /// This process, as it stands in claims.
    pub fn worker(&self) -> WorkerId {
        self.term().worker().clone()
    }

    /// Where this process lives.
    pub fn home(&self) -> &HomeId {
        &self.inner.home
    }

    /// The clock that rows are told by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// What is known of the time.
    pub fn time(&self) -> &StoreTime {
        &self.inner.time
    }

    /// Whether this process alone has the database.
    pub fn is_alone(&self) -> bool {
        self.inner.lock.is_some()
    }
}

#[async_trait]
impl Intake for Store {
    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, IntakeError> {
        let raw = inbox::NewRow::of(arrival, self.inner.ids.fresh(), self.inner.clock.now());
        self.inner.writer.arrive(raw).await
    }

    async fn touch(&self, key: TouchKey) -> Result<(), IntakeError> {
        let now = self.inner.clock.now();
        let touched =
            self.observe(Vec::new(), move |tx| Box::pin(async move { touches::touch(tx, &[key], now).await }));
        touched.await.map_err(|cause| IntakeError::Store(Box::new(cause)))
    }
}
