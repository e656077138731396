//! The sealer: gathers the lines that have come since the last seal, and puts a seal over them.
//!
//! On a server it is the process that came first of all that know seals: who that is stands in `workers`, whose rows are
//! leases already. Two that take themselves for it do no harm: a seal's number is given once, and whoever was given up
//! writes nothing.

use futures::TryStreamExt;
use tokio::task::yield_now;

use super::canon::{self, Body};
use super::prints::Prints;
use super::read::{self, Span};
use super::{End, Seal, end, insert};
use crate::store::Store;
use crate::store::db::{Driver, Reader, on};
use crate::store::error::StoreError;

/// How many lines a batch has at most.
pub const MOST: i64 = 5000;

/// The first schema that knows seals: a process of an older release seals nothing.
const SINCE: i64 = 11;

/// How many lines are hashed before others have their turn: all share one thread.
const TURN: usize = 64;

/// Seals, batch by batch.
pub struct Sealer {
    store: Store,
    fence: Option<Fence>,
}

/// What is to be sealed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gathered {
    /// Nothing has come.
    Nothing,
    /// Another process seals.
    NotOurs,
    /// A transaction is open that may still write an earlier line: look again soon.
    Held,
    /// These lines.
    Batch(Box<Seal>),
}

/// A line, and the transactions that may still write one before it: they had begun to write when it was seen. Numbers are
/// given to lines by whoever already holds the table's lock for writing, so nobody else can; and whoever has let it go
/// has committed, which is seen from then on. Later transactions get later numbers.
#[derive(Debug)]
struct Fence {
    line: i64,
    open: Vec<String>,
}

impl Sealer {
    /// A sealer for a store.
    pub fn over(store: Store) -> Self {
        Self { store, fence: None }
    }

    /// Looks what is to be sealed next. It only reads.
    pub async fn gather(&mut self) -> Result<Gathered, StoreError> {
        let mut reader = self.store.reader().await?;
        if !self.store.is_alone() && !self.is_first(&mut reader).await? {
            self.fence = None;
            return Ok(Gathered::NotOurs);
        }
        let end = end(&mut reader).await?;
        let Some(line) = self.fenced(&mut reader, &end).await? else {
            return Ok(if self.fence.is_some() { Gathered::Held } else { Gathered::Nothing });
        };
        let sealed_at = self.store.clock().now().as_millis();
        let seal = gather(&mut reader, (&end, line)).await?;
        Ok(seal.map_or(Gathered::Nothing, |mut seal| {
            seal.sealed_at = sealed_at;
            seal.hash = canon::seal(end.hash.as_deref(), &seal);
            Gathered::Batch(Box::new(seal))
        }))
    }

    /// Puts a seal; gives whether it is ours, or somebody else has put one meanwhile.
    pub async fn put(&self, seal: Seal) -> Result<bool, StoreError> {
        self.store.write(move |tx| Box::pin(async move { insert(tx, &seal).await })).await
    }

    /// Whether no other process is at work that seals and came earlier.
    async fn is_first(&self, reader: &mut Reader) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT min(id) FROM workers WHERE schema_known >= $1";
        let (first,): (Option<String>,) = on!(reader, c => sqlx::query_as(SQL).bind(SINCE).fetch_one(c).await)?;
        Ok(first.is_some_and(|first| first == self.store.worker().as_str()))
    }

    /// The line up to which may be sealed; none when there is none, or while the fence holds. A fence stays until it is
    /// passed: one that was put up anew each time might never be, among writers that follow each other.
    async fn fenced(&mut self, reader: &mut Reader, end: &End) -> Result<Option<i64>, StoreError> {
        let fence = match self.fence.take() {
            Some(fence) if fence.line > end.line => Some(fence),
            _ => put_up(reader, end.line).await?,
        };
        let Some(fence) = fence else { return Ok(None) };
        let still = writers(reader).await?;
        if fence.open.iter().any(|open| still.contains(open)) {
            self.fence = Some(fence);
            return Ok(None);
        }
        Ok(Some(fence.line))
    }
}

/// A fence behind the last line that is seen, unless that is sealed.
async fn put_up(reader: &mut Reader, sealed: i64) -> Result<Option<Fence>, StoreError> {
    const SQL: &str = "SELECT max(seq) FROM audit";
    let (line,): (Option<i64>,) = on!(reader, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    let Some(line) = line.filter(|line| *line > sealed) else { return Ok(None) };
    // After the line was seen, never before.
    Ok(Some(Fence { line, open: writers(reader).await? }))
}

/// The transactions that have begun to write to the audit. A file has one writer, and what is seen there is all there is.
async fn writers(reader: &mut Reader) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
        AND relation = 'audit'::regclass AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', \
        'AccessExclusiveLock')";
    match reader.driver() {
        Driver::Sqlite(_) => Ok(Vec::new()),
        Driver::Postgres(c) => Ok(sqlx::query_scalar(SQL).fetch_all(c).await?),
    }
}

/// A seal over the next lines after the end of the chain, up to `line`; still without its time and hash.
async fn gather(reader: &mut Reader, (end, line): (&End, i64)) -> Result<Option<Seal>, StoreError> {
    let span = Span { after: end.line, through: line, most: MOST };
    let mut lines = read::lines(reader.driver(), span);
    let (mut body, mut prints, mut seal) = (Body::default(), Prints::default(), None::<Seal>);
    let mut turn = 0;
    while let Some(numbered) = lines.try_next().await? {
        let seq = numbered.seq;
        let Some(line) = &numbered.line else { return Err(StoreError::Corrupt(format!("audit {seq}"))) };
        let digest = canon::line(seq, line);
        body.add(&digest);
        prints.add(seq, &digest);
        let seal = seal.get_or_insert_with(|| Seal::of_lines(end.number + 1, (seq, seq)));
        (seal.last, seal.lines) = (Some(seq), seal.lines + 1);
        seal.newest_at = seal.newest_at.max(Some(line.at.as_millis()));
        turn += 1;
        if turn % TURN == 0 {
            yield_now().await;
        }
    }
    Ok(seal.map(|seal| Seal { body: body.to_hex(), prints: prints.into_text(), ..seal }))
}
