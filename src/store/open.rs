//! How much is still to be done, and since when.

use super::db::{Reader, on};
use super::error::StoreError;
use crate::domain::Timestamp;

/// Since when what is still to be done has waited that came first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oldest {
    /// The first event that is not decided.
    pub event: Option<Timestamp>,
    /// The first deed that is not done.
    pub deed: Option<Timestamp>,
}

/// What has waited for longest.
pub(super) async fn oldest(reader: &mut Reader) -> Result<Oldest, StoreError> {
    const SQL: &str = "SELECT (SELECT received_at FROM inbox WHERE done_at IS NULL ORDER BY seq LIMIT 1), \
        (SELECT created_at FROM outbox WHERE done_at IS NULL ORDER BY seq LIMIT 1)";
    let (event, deed): (Option<i64>, Option<i64>) = on!(reader, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(Oldest { event: event.map(Timestamp::from_millis), deed: deed.map(Timestamp::from_millis) })
}

/// Open arrivals and deeds, keys that are due or in hand, timers that are due. In one statement: work moves from one
/// table to another, and must not slip through between two counts.
pub(super) async fn count(reader: &mut Reader, now: Timestamp) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL) \
        + (SELECT count(*) FROM outbox WHERE done_at IS NULL) \
        + (SELECT count(*) FROM touches WHERE due_at <= $1 OR claimed_by <> '') \
        + (SELECT count(*) FROM timers WHERE due_at <= $1)";
    let (count,): (i64,) = on!(reader, c => sqlx::query_as(SQL).bind(now.as_millis()).fetch_one(c).await)?;
    Ok(count)
}
