//! How much is still to be done.

use super::db::{Reader, on};
use super::error::StoreError;
use crate::domain::Timestamp;

/// Open arrivals and deeds, keys that are due or in hand, timers that are due. In one statement: work moves from one
/// table to another, and must not slip through between two counts.
pub(super) async fn count(reader: &mut Reader, now: Timestamp) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL) \
        + (SELECT count(*) FROM outbox WHERE done_at IS NULL) \
        + (SELECT count(*) FROM touches WHERE due_at <= $1 OR claimed_until > $1) \
        + (SELECT count(*) FROM timers WHERE due_at <= $1)";
    let (count,): (i64,) = on!(reader, c => sqlx::query_as(SQL).bind(now.as_millis()).fetch_one(c).await)?;
    Ok(count)
}
