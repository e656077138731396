//! How much is still to be done, and since when; and what else there is that is worth counting.

use super::db::{Reader, on};
use super::error::StoreError;
use crate::domain::Timestamp;
use crate::metrics::Stock;

/// What stands in the database now. Each count has an index or a table as small as what is counted.
pub(super) async fn stock(reader: &mut Reader, replicas: u32) -> Result<Stock, StoreError> {
    const SQL: &str = "SELECT \
        (SELECT count(*) FROM inbox WHERE done_at IS NULL) AS events, \
        (SELECT received_at FROM inbox WHERE done_at IS NULL ORDER BY seq LIMIT 1) AS oldest_event, \
        (SELECT count(*) FROM outbox WHERE done_at IS NULL) AS effects, \
        (SELECT created_at FROM outbox WHERE done_at IS NULL ORDER BY seq LIMIT 1) AS oldest_effect, \
        (SELECT count(*) FROM inbox WHERE outcome = 'parked') AS parked, \
        (SELECT count(*) FROM iterations WHERE phase <> 'closed') AS iterations, \
        (SELECT count(*) FROM environments WHERE wish = 'present') AS environments, \
        (SELECT count(*) FROM deployments WHERE state IN ('applying', 'stopping', 'unknown')) AS running, \
        (SELECT count(*) FROM deployments WHERE state = 'queued') AS queued";
    let row: Row = on!(reader, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(Stock {
        events: row.events,
        oldest_event: row.oldest_event.map(Timestamp::from_millis),
        effects: row.effects,
        oldest_effect: row.oldest_effect.map(Timestamp::from_millis),
        parked: row.parked,
        iterations: row.iterations,
        environments: row.environments,
        running: row.running,
        queued: row.queued,
        replicas: replicas.into(),
    })
}

#[derive(sqlx::FromRow)]
struct Row {
    events: i64,
    oldest_event: Option<i64>,
    effects: i64,
    oldest_effect: Option<i64>,
    parked: i64,
    iterations: i64,
    environments: i64,
    running: i64,
    queued: i64,
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
