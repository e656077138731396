//! The ledger: the only place that knows SQL. One text a statement, run on SQLite and PostgreSQL alike.
//!
//! *Writing* goes through one writer (`store::writer`), which puts all that waits into one transaction; *reading* takes a
//! [`Reader`] from a pool. Rows are born claimed by the process that writes them and handed over in memory; claims
//! by query serve start-up, the end of a lease and other replicas.

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
pub mod inbox;
pub mod iterations;
pub mod keeping;
mod lock;
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
mod state;
pub mod timers;
pub mod touches;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
pub use commit::{Commit, Committed};
pub use db::{Reader, Statements, Synchronous, Tx, Url};
pub use error::StoreError;
pub use writer::{Handover, WriterTask};

use crate::domain::WorkerId;
use crate::domain::touch::TouchKey;
use crate::event::Arrival;
use crate::ports::{Arrived, Clock, Ids, Intake, IntakeError};

/// A handle on the ledger; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    db: db::Db,
    writer: writer::Writer,
    worker: WorkerId,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    lock: Option<lock::ProcessLock>,
}

/// What the ledger needs to be opened.
pub struct Opening {
    /// Which database.
    pub url: Url,
    /// What a commit survives.
    pub synchronous: Synchronous,
    /// Tells claims and leases the time.
    pub clock: Arc<dyn Clock>,
    /// Names new rows.
    pub ids: Arc<dyn Ids>,
}

impl Store {
    /// Opens the database, brings its schema up to date, and gives the writer to run, with the queues it fills.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it, [`StoreError::Newer`] when a newer release wrote it.
    pub async fn open(opening: Opening) -> Result<(Self, WriterTask, Handover), StoreError> {
        let Opening { url, synchronous, clock, ids } = opening;
        let lock = lock::ProcessLock::take(&url)?;
        let mut db = db::Db::open(&url, synchronous).await?;
        let conn = db.writing_connection()?;
        let worker = WorkerId::new(ids.fresh());
        let (writer, task, handover) = writer::start(conn, worker.clone(), clock.clone());
        let inner = Inner { db, writer, worker, clock, ids, lock };
        Ok((Self { inner: Arc::new(inner) }, task, handover))
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
        self.inner.writer.write(work).await
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
        self.inner.writer.observe(Box::new(work), rows.collect()).await
    }

    /// Told once when keys were touched.
    pub fn touched(&self) -> &Arc<tokio::sync::Notify> {
        self.inner.writer.touched()
    }

    /// Told once when timers were set.
    pub fn timed(&self) -> &Arc<tokio::sync::Notify> {
        self.inner.writer.timed()
    }

    /// Resolves when something has been committed after the call.
    pub fn changed(&self) -> tokio::sync::futures::OwnedNotified {
        self.inner.writer.changed()
    }

    /// How much is still to be done now: open arrivals and deeds, keys that are due or in hand, timers that are due.
    pub async fn count_open(&self) -> Result<i64, StoreError> {
        open::count(&mut self.reader().await?, self.inner.clock.now()).await
    }

    /// How many statements have been run so far.
    pub fn statements(&self) -> Statements {
        self.inner.db.statements()
    }

    /// This process, as it stands in claims.
    pub fn worker(&self) -> &WorkerId {
        &self.inner.worker
    }

    /// The clock that leases are told by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// Whether this process alone has the database, so that claims found at its start are of the dead.
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
