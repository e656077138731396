//! What is due later is due sooner, after a clock was set back: else it would wait for as long as that again.

use std::time::Duration;

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::Timestamp;

/// Makes what is due after `now` due sooner by as much as the clock was set back. What is looked at too early by it does
/// no harm.
pub async fn bring_forward(tx: &mut Tx<'_>, by: Duration, now: Timestamp) -> Result<(), StoreError> {
    const TOUCHES: &str = "UPDATE touches SET due_at = due_at - $1 WHERE due_at > $2";
    const TIMERS: &str = "UPDATE timers SET due_at = due_at - $1, since = since - $1 WHERE due_at > $2";
    let by = i64::try_from(by.as_millis()).unwrap_or_default();
    on!(tx, c => sqlx::query(TOUCHES).bind(by).bind(now.as_millis()).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(TIMERS).bind(by).bind(now.as_millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// When the last arrival came, by the clock as it was then.
pub async fn last_arrival(reader: &mut Reader) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT received_at FROM inbox ORDER BY seq DESC LIMIT 1";
    let row: Option<(i64,)> = on!(reader, c => sqlx::query_as(SQL).fetch_optional(c).await)?;
    Ok(row.map(|(at,)| Timestamp::from_millis(at)))
}
