//! Who is working on a row, and until when nobody else may: the same for both queues.

use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::db::{Tx, on};
use super::error::StoreError;
use crate::domain::{Timestamp, WorkerId};

/// How long a claim holds without a word from its worker. Long enough for a person's command with all its look-ups,
/// short enough that another process takes over while the person still looks.
pub const LEASE: Duration = Duration::from_secs(30);

/// Names one try at a row; every write of that try carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The process.
    pub worker: WorkerId,
    /// Which try.
    pub attempt: i64,
}

/// A table whose rows are worked on, lane by lane, in the order of `seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Arrivals.
    Inbox,
    /// Deeds.
    Outbox,
}

impl Queue {
    fn table(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
        }
    }

    /// The statement that takes over others' open rows whose claim ended by `$3`, oldest first, none that has an open
    /// one in somebody's hand before it in its lane; it gives `columns`.
    pub(super) fn claiming(self, columns: &'static str) -> AssertSqlSafe<String> {
        let table = self.table();
        // The condition is repeated outside the subquery: without it PostgreSQL hands the same rows to two workers.
        AssertSqlSafe(format!(
            "UPDATE {table} SET claimed_by = $1, claimed_until = $2, attempt = attempt + 1 WHERE seq IN (
                SELECT row.seq FROM {table} row WHERE row.done_at IS NULL AND row.claimed_by <> $1
                AND row.claimed_until <= $3 AND NOT EXISTS (
                    SELECT 1 FROM {table} before WHERE before.lane = row.lane AND before.done_at IS NULL
                    AND before.seq < row.seq AND before.claimed_until > $3)
                ORDER BY row.seq LIMIT 256)
            AND done_at IS NULL AND claimed_by <> $1 AND claimed_until <= $3
            RETURNING {columns}"
        ))
    }
}

/// Keeps all that `worker` has in hand from being taken over.
pub async fn renew(tx: &mut Tx<'_>, queue: Queue, worker: &WorkerId, now: Timestamp) -> Result<(), StoreError> {
    let table = queue.table();
    let sql = AssertSqlSafe(format!("UPDATE {table} SET claimed_until = $1 WHERE done_at IS NULL AND claimed_by = $2"));
    on!(tx, c => sqlx::query(sql).bind(now.plus(LEASE).as_millis()).bind(worker.as_str()).execute(c).await.map(drop))?;
    Ok(())
}
