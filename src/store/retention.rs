//! What is kept how long: what was done is forgotten after a while; the audit and the record never are.

use std::time::Duration;

use super::db::{Tx, on};
use super::error::StoreError;
use crate::domain::Timestamp;

/// How long the same arrival again is known.
pub const KEYS: Duration = Duration::from_hours(30 * 24);

/// How many rows one transaction looks at, so that nobody waits long for the writer.
const MOST: i64 = 1000;

/// Where a walk over a table begins.
pub const START: i64 = 0;

/// A part of a walk over a table, oldest rows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walked {
    /// How many rows were changed.
    pub changed: u64,
    /// Where to go on; none when what comes is too young, or nothing does.
    pub next: Option<i64>,
}

/// Forgets what was said in arrivals that were done before `bodies`, and all of those done before `keys`: until then
/// the same arrival again is known. What was parked waits for a person.
pub async fn forget_arrivals(
    tx: &mut Tx<'_>,
    (bodies, keys): (Timestamp, Timestamp),
    after: i64,
) -> Result<Walked, StoreError> {
    const END: &str = "SELECT seq, received_at FROM inbox WHERE seq > $1 ORDER BY seq LIMIT 1 OFFSET $2";
    const BODIES: &str = "UPDATE inbox SET body = '' WHERE seq > $1 AND seq <= $2 AND done_at < $3 AND body <> '' \
        AND outcome <> 'parked'";
    const ROWS: &str = "DELETE FROM inbox WHERE seq > $1 AND seq <= $2 AND done_at < $3 AND outcome <> 'parked'";
    let end = end(tx, END, after).await?;
    let until = end.map_or(i64::MAX, |(seq, _)| seq);
    let changed = change(tx, ROWS, (after, until), keys).await? + change(tx, BODIES, (after, until), bodies).await?;
    Ok(Walked { changed, next: next(end, bodies) })
}

/// Forgets deeds that were done before `keys`.
pub async fn forget_deeds(tx: &mut Tx<'_>, keys: Timestamp, after: i64) -> Result<Walked, StoreError> {
    const END: &str = "SELECT seq, created_at FROM outbox WHERE seq > $1 ORDER BY seq LIMIT 1 OFFSET $2";
    const ROWS: &str = "DELETE FROM outbox WHERE seq > $1 AND seq <= $2 AND done_at < $3";
    let end = end(tx, END, after).await?;
    let until = end.map_or(i64::MAX, |(seq, _)| seq);
    Ok(Walked { changed: change(tx, ROWS, (after, until), keys).await?, next: next(end, keys) })
}

/// The last row of a part, and when it came; none when fewer are left.
async fn end(tx: &mut Tx<'_>, sql: &'static str, after: i64) -> Result<Option<(i64, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(sql).bind(after).bind(MOST - 1).fetch_optional(c).await)?)
}

async fn change(
    tx: &mut Tx<'_>,
    sql: &'static str,
    (after, until): (i64, i64),
    before: Timestamp,
) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(sql)
        .bind(after)
        .bind(until)
        .bind(before.as_millis())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

/// Rows come in the order of their time: behind one that is too young there is none that is not.
fn next(end: Option<(i64, i64)>, before: Timestamp) -> Option<i64> {
    end.filter(|(_, at)| *at < before.as_millis()).map(|(seq, _)| seq)
}
