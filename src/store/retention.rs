//! What is kept how long: what was done is forgotten after a while; the audit and the record never are.

use std::time::Duration;

use super::db::{Tx, on};
use super::error::StoreError;
use crate::domain::Timestamp;

/// How long the same arrival again is known.
pub const KEYS: Duration = Duration::from_hours(30 * 24);

/// How many rows one transaction takes, so that nobody waits long for the writer.
const MOST: i64 = 500;

/// Forgets what was said in arrivals that were done before `bodies`, and all of arrivals and deeds done before `keys`:
/// until then the same arrival again is known. What was parked waits for a person. Gives how many rows it changed, at
/// most so many at once: none when nothing is left.
pub async fn forget(tx: &mut Tx<'_>, bodies: Timestamp, keys: Timestamp) -> Result<u64, StoreError> {
    const BODIES: &str = "UPDATE inbox SET body = '' WHERE seq IN (SELECT seq FROM inbox WHERE done_at < $1 \
        AND body <> '' AND outcome <> 'parked' LIMIT $2)";
    const ARRIVALS: &str = "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox WHERE done_at < $1 \
        AND outcome <> 'parked' LIMIT $2)";
    const DEEDS: &str = "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE done_at < $1 LIMIT $2)";
    let mut changed = 0;
    for (sql, before) in [(BODIES, bodies), (ARRIVALS, keys), (DEEDS, keys)] {
        changed += on!(tx, c => sqlx::query(sql)
            .bind(before.as_millis())
            .bind(MOST)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    }
    Ok(changed)
}
