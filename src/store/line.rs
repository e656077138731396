//! The connection that writes, in whose name, and for how long an answer is waited for.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::time::{sleep, timeout};

use super::claims::Queue;
use super::db::{self, Conn, Hold, Statements, Tx, Url};
use super::error::StoreError;
use super::home::Home;
use super::lease::{Lease, Until};
use super::listen::{News, Word};
use super::migrate;
use super::time::StoreTime;
use super::workers::{self, Come, Heard};
use crate::domain::{Crew, WorkerId};
use crate::ports::{Clock, Ids};

/// How long a transaction on a server may take: well within a lease, so that a connection that went silent is given up
/// before the worker is.
const LIMIT: Duration = Duration::from_secs(3);

/// The first wait before another try to connect; doubled up to [`LONGEST_WAIT`].
const WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The writing connection.
pub(super) struct Line {
    pub(super) url: Url,
    pub(super) home: Home,
    pub(super) time: StoreTime,
    pub(super) ids: Arc<dyn Ids>,
    conn: Conn,
    statements: Statements,
    worker: WorkerId,
    is_lost: bool,
}

/// Who came to work.
pub(super) struct Joined {
    pub(super) worker: WorkerId,
    /// How long others leave to it what it takes in hand.
    pub(super) until: Until,
    /// Among whom.
    pub(super) crew: Crew,
}

/// What a line is made of.
pub(super) struct Ends {
    pub(super) url: Url,
    pub(super) home: Home,
    pub(super) time: StoreTime,
    pub(super) ids: Arc<dyn Ids>,
}

impl Line {
    /// Takes the first connection, and comes to work.
    pub(super) async fn open(
        ends: Ends,
        (conn, statements): (Conn, Statements),
        clock: &dyn Clock,
    ) -> Result<(Self, Joined), StoreError> {
        let Ends { url, home, time, ids } = ends;
        let worker = WorkerId::new(ids.fresh());
        let mut line = Self { url, home, time, ids, conn, statements, worker, is_lost: false };
        let joined = line.join(clock).await?;
        Ok((line, joined))
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Who writes.
    pub(super) fn worker(&self) -> &WorkerId {
        &self.worker
    }

    /// Whether nobody else writes here.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.conn, Conn::Sqlite(_))
    }

    /// Whether it is of no more use: nobody knows how the last transaction ended, or others gave the worker up.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// The locks for these lanes: none for who is alone.
    pub(super) fn locks<'l>(&self, lanes: impl Iterator<Item = (Queue, &'l str)>) -> Vec<i64> {
        if self.is_alone() {
            return Vec::new();
        }
        let mut locks: Vec<i64> = lanes.map(|(queue, lane)| queue.lock(lane)).collect();
        locks.sort_unstable();
        locks.dedup();
        locks
    }

    /// Runs `work` as one transaction, of which others hear what `told` makes of it.
    pub(super) async fn transact<'l, T, W>(
        &'l mut self,
        locks: &[i64],
        told: impl FnOnce(&T) -> Option<News>,
        work: W,
    ) -> Result<T, StoreError>
    where
        W: for<'t> FnOnce(&'t mut Tx<'l>) -> BoxFuture<'t, Result<T, StoreError>>,
    {
        let is_alone = self.is_alone();
        let Self { conn, statements, worker, is_lost, .. } = self;
        let hold = Hold { worker, locks };
        let told = |value: &T| told(value).map(|news| Word { worker, news });
        let mut tx = Tx::over(conn, statements.clone());
        let written = within(&mut tx, Some(&hold), told, work);
        let ended = if is_alone { written.await } else { limited(written).await };
        *is_lost |= ended.as_ref().is_err_and(StoreError::is_loss);
        ended
    }

    /// Runs what is a single statement, where who is alone needs no transaction for it.
    pub(super) async fn state<'l, T, W>(&'l mut self, work: W) -> Result<T, StoreError>
    where
        W: for<'t> FnOnce(&'t mut Tx<'l>) -> BoxFuture<'t, Result<T, StoreError>>,
    {
        work(&mut Tx::over(&mut self.conn, self.statements.clone())).await
    }

    /// Says that the worker is alive, and gives what it heard.
    pub(super) async fn beat(&mut self, lease: &Lease, clock: &dyn Clock) -> Result<Heard, StoreError> {
        let until = Until::from_now();
        let worker = self.worker.clone();
        let told = |heard: &Heard| heard.has_freed.then_some(News::ALL);
        let heard = self.transact(&[], told, |tx| Box::pin(async move { workers::beat(tx, &worker).await })).await?;
        lease.renew(until);
        self.time.heard(heard.at, clock.now());
        Ok(heard)
    }

    /// Goes, and leaves what it had in hand.
    pub(super) async fn leave(&mut self) -> Result<(), StoreError> {
        if self.is_lost {
            return Ok(());
        }
        let worker = self.worker.clone();
        let news = News::FREED.with(News::TOUCHED, true);
        self.transact(&[], |()| Some(news), |tx| Box::pin(async move { workers::leave(tx, &worker).await })).await
    }

    /// Comes to work as a new worker on a new connection, as soon as the database lets it.
    pub(super) async fn join_anew(&mut self, clock: &dyn Clock) -> Joined {
        let mut wait = WAIT;
        loop {
            match limited(self.reconnect(clock)).await {
                Ok(joined) => return joined,
                Err(cause) => tracing::warn!(error = %cause, "the database cannot be reached; trying again"),
            }
            sleep(wait.mul_f64(rand::random_range(0.5..1.0))).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn reconnect(&mut self, clock: &dyn Clock) -> Result<Joined, StoreError> {
        self.conn = db::reconnect(&self.url).await?;
        self.worker = WorkerId::new(self.ids.fresh());
        let joined = self.join(clock).await?;
        self.is_lost = false;
        Ok(joined)
    }

    /// From here on the database's time counts, whatever is written next.
    async fn join(&mut self, clock: &dyn Clock) -> Result<Joined, StoreError> {
        let until = if self.is_alone() { Until::FOREVER } else { Until::from_now() };
        let (worker, home, schema) = (self.worker.clone(), self.home.clone(), migrate::newest(&self.url));
        let mut tx = Tx::over(&mut self.conn, self.statements.clone());
        let joining =
            within(&mut tx, None, |_| None, |tx| Box::pin(async { workers::join(tx, &worker, &home, schema).await }));
        let Come { at, crew } = joining.await?;
        if let Some(at) = at {
            self.time.heard(at, clock.now());
        }
        Ok(Joined { worker: self.worker.clone(), until, crew })
    }
}

/// Gives an answer up that does not come.
async fn limited<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(LIMIT, work).await.unwrap_or(Err(StoreError::Away))
}

/// Runs `work` between BEGIN and COMMIT; rolls back when it fails.
async fn within<'a, 'w, T, W>(
    tx: &mut Tx<'a>,
    hold: Option<&Hold<'_>>,
    told: impl FnOnce(&T) -> Option<Word<'w>>,
    work: W,
) -> Result<T, StoreError>
where
    W: for<'t> FnOnce(&'t mut Tx<'a>) -> BoxFuture<'t, Result<T, StoreError>>,
{
    tx.begin(hold).await?;
    match work(tx).await {
        Ok(value) => {
            tx.commit(told(&value).as_ref()).await?;
            Ok(value)
        }
        Err(cause) => {
            tx.roll_back().await?;
            Err(cause)
        }
    }
}
