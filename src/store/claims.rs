//! Who has a row in hand: the same for both queues.
//!
//! A row belongs to the worker that wrote it, unless an earlier one of its lane is in another's hand: then it is free,
//! and goes to whoever ends that one. A worker that is not heard of has nothing any more (`store::workers`).

use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::db::{Driver, Tx};
use super::error::StoreError;
use crate::domain::WorkerId;

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

    /// Waits until nobody else takes rows: two that look at once do not see what the other is just taking, and the later
    /// row of a lane would go to one while the earlier one goes to the other. To be asked before [`Self::claiming`].
    pub(super) async fn claim_alone(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if tx.is_alone() {
            return Ok(());
        }
        // No lane has an empty name.
        let lock = self.lock("");
        if let Driver::Postgres(conn) = tx.driver() {
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(lock).execute(conn).await.map(drop)?;
        }
        Ok(())
    }

    /// The statement that takes free rows in hand, oldest first, none that has an open one in another's hand before it
    /// in its lane; it gives `columns`.
    pub(super) fn claiming(self, columns: &'static str) -> AssertSqlSafe<String> {
        let table = self.table();
        // The condition is repeated outside the subquery: without it PostgreSQL hands the same rows to two workers.
        AssertSqlSafe(format!(
            "UPDATE {table} SET claimed_by = $1 WHERE seq IN (
                SELECT row.seq FROM {table} row WHERE row.done_at IS NULL AND row.claimed_by = '' AND NOT EXISTS (
                    SELECT 1 FROM {table} before WHERE before.lane = row.lane AND before.done_at IS NULL
                    AND before.seq < row.seq AND before.claimed_by <> '' AND before.claimed_by <> $1)
                ORDER BY row.seq LIMIT 256)
            AND done_at IS NULL AND claimed_by = '' RETURNING {columns}"
        ))
    }

    /// What tells, of a row that has just ended, whether the next of its lane is in nobody's hand. Who is alone need not
    /// look: all is in its own.
    pub(super) fn followers(self, is_alone: bool) -> String {
        if is_alone {
            return "FALSE".to_owned();
        }
        let table = self.table();
        format!(
            "EXISTS (SELECT 1 FROM {table} next WHERE next.lane = {table}.lane AND next.done_at IS NULL \
             AND next.claimed_by = '')"
        )
    }

    /// The number under which a lane is locked: who adds to it or ends something of it sees what others did there.
    pub(super) fn lock(self, lane: &str) -> i64 {
        let digest = Sha256::new().chain_update(self.table()).chain_update([0]).chain_update(lane).finalize();
        let (head, _) = digest.split_at(8);
        i64::from_be_bytes(head.try_into().unwrap_or_default())
    }

    /// Whose a new row is, of the rows `new` with a `lane` and a `worker`: its writer's, unless the last open one of its
    /// lane is not. If that one is the writer's, so are all before it.
    pub(super) fn hand(self, is_alone: bool) -> String {
        if is_alone {
            return "new.worker".to_owned();
        }
        let table = self.table();
        format!(
            "CASE WHEN COALESCE((SELECT before.claimed_by FROM {table} before WHERE before.lane = new.lane \
             AND before.done_at IS NULL ORDER BY before.seq DESC LIMIT 1), new.worker) = new.worker \
             THEN new.worker ELSE '' END"
        )
    }
}
