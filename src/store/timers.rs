//! What is to be decided at a moment to come.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::timer::{Timer, TimerKey};
use crate::domain::{EventId, Timestamp};

/// How many are fired at once.
const MOST: i64 = 64;

/// Sets a timer anew, or takes it away.
pub(super) async fn put(tx: &mut Tx<'_>, key: &TimerKey, timer: Option<&Timer>) -> Result<(), StoreError> {
    const SET: &str = "INSERT INTO timers (key, due_at, since, set_by) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, since = excluded.since, set_by = excluded.set_by";
    const DROP: &str = "DELETE FROM timers WHERE key = $1";
    let key = key.to_text();
    match timer {
        Some(Timer { due_at, since, set_by }) => on!(tx, c => sqlx::query(SET)
            .bind(key)
            .bind(due_at.as_millis())
            .bind(since.as_millis())
            .bind(set_by.as_str())
            .execute(c)
            .await
            .map(drop)),
        None => on!(tx, c => sqlx::query(DROP).bind(key).execute(c).await.map(drop)),
    }?;
    Ok(())
}

/// Takes a timer away that has fired; one that was set anew meanwhile stays.
pub async fn fired(tx: &mut Tx<'_>, key: &TimerKey, timer: &Timer) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM timers WHERE key = $1 AND set_by = $2";
    on!(tx, c => sqlx::query(SQL).bind(key.to_text()).bind(timer.set_by.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// A timer, if it is set.
pub async fn find(reader: &mut Reader, key: &TimerKey) -> Result<Option<Timer>, StoreError> {
    const SQL: &str = "SELECT due_at, since, set_by FROM timers WHERE key = $1";
    let row: Option<(i64, i64, String)> =
        on!(reader, c => sqlx::query_as(SQL).bind(key.to_text()).fetch_optional(c).await)?;
    Ok(row.map(timer))
}

/// The timers that are due, the longest due first.
pub async fn due(reader: &mut Reader, now: Timestamp) -> Result<Vec<(TimerKey, Timer)>, StoreError> {
    const SQL: &str = "SELECT key, due_at, since, set_by FROM timers WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    let rows: Vec<(String, i64, i64, String)> =
        on!(reader, c => sqlx::query_as(SQL).bind(now.as_millis()).bind(MOST).fetch_all(c).await)?;
    let read = |(key, due_at, since, set_by): (String, i64, i64, String)| match TimerKey::parse(&key) {
        Some(key) => Ok((key, timer((due_at, since, set_by)))),
        None => Err(StoreError::Corrupt(format!("timer {key:?}"))),
    };
    rows.into_iter().map(read).collect()
}

/// When the next timer is due.
pub async fn next_due(reader: &mut Reader) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT min(due_at) FROM timers";
    let (due,): (Option<i64>,) = on!(reader, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(due.map(Timestamp::from_millis))
}

fn timer((due_at, since, set_by): (i64, i64, String)) -> Timer {
    let (due_at, since) = (Timestamp::from_millis(due_at), Timestamp::from_millis(since));
    Timer { due_at, since, set_by: EventId::new(set_by) }
}
