//! What stewards should look at: a key and when it is due, nothing else.

use sqlx::QueryBuilder;

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use super::rows::runs;
use crate::domain::touch::TouchKey;
use crate::domain::{HomeId, RoomId, Timestamp, WorkerId};

/// How many are taken at once.
const MOST: i64 = 64;
const VERSION: &str = "SELECT version FROM touches WHERE key = $1";

/// A touch in a steward's hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// What to look at.
    pub key: TouchKey,
    /// Which touch was taken: a newer one in between keeps the key due.
    pub version: i64,
    /// How often in a row the look has failed.
    pub failures: u32,
}

/// Touches keys; a key that is due sooner already stays so.
pub async fn touch(tx: &mut Tx<'_>, keys: &[TouchKey], due_at: Timestamp) -> Result<(), StoreError> {
    let mut keys: Vec<String> = keys.iter().map(TouchKey::to_text).collect();
    keys.sort();
    keys.dedup();
    for run in runs(&keys) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO touches (key, due_at, version, claimed_by) ");
            query.push_values(run, |mut row, key| {
                row.push_bind(key).push_bind(due_at.as_millis()).push_bind(1_i64).push_bind("");
            });
            query.push(
                " ON CONFLICT (key) DO UPDATE SET version = touches.version + 1, due_at = \
                 CASE WHEN touches.due_at < excluded.due_at THEN touches.due_at ELSE excluded.due_at END",
            );
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Touches the cards that are not posted yet: a room has its first message, and may be theirs. Within the transaction
/// that writes it down, so that a card asked for meanwhile finds it there or is found here.
pub async fn touch_unposted(tx: &mut Tx<'_>, due_at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO touches (key, due_at, version, claimed_by) \
        SELECT 'card:' || id, $1, 1, '' FROM cards WHERE message IS NULL \
        ON CONFLICT (key) DO UPDATE SET version = touches.version + 1, due_at = excluded.due_at";
    on!(tx, c => sqlx::query(SQL).bind(due_at.as_millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// Touches the cards that are in a room: it is there again, and they may tell what is long over.
pub async fn touch_cards_in(tx: &mut Tx<'_>, room: &RoomId, due_at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO touches (key, due_at, version, claimed_by) \
        SELECT 'card:' || id, $1, 1, '' FROM cards WHERE room = $2 \
        ON CONFLICT (key) DO UPDATE SET version = touches.version + 1, due_at = excluded.due_at";
    on!(tx, c => sqlx::query(SQL).bind(due_at.as_millis()).bind(room.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Who looks for keys to take, and when.
#[derive(Clone, Debug)]
pub struct Reach {
    /// What is at home elsewhere is left to those who live there,
    pub home: HomeId,
    /// unless nobody there was heard of since then.
    pub lost_before: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// The keys that are in nobody's hand and not for another home. `$1` is ours, `$2` the moment before which one is lost.
macro_rules! free {
    () => {
        "FROM touches WHERE claimed_by = '' AND NOT EXISTS (SELECT 1 FROM environments \
            LEFT JOIN homes ON homes.id = environments.home \
            WHERE touches.key LIKE 'environment:%' AND environments.name = substr(touches.key, 13) \
            AND environments.home <> $1 AND (homes.gone_at IS NULL OR homes.gone_at > $2))"
    };
}

/// What finds the next one; `$3` is the latest that matters.
pub const NEXT_DUE: &str = concat!("SELECT due_at ", free!(), " AND due_at <= $3 ORDER BY due_at LIMIT 1");

/// Takes what is due and in nobody's hand.
pub async fn claim(tx: &mut Tx<'_>, worker: &WorkerId, reach: &Reach) -> Result<Vec<Claimed>, StoreError> {
    // The condition is repeated outside the subquery: without it PostgreSQL hands the same rows to two workers.
    const SQL: &str = concat!(
        "UPDATE touches SET claimed_by = $3 WHERE key IN (SELECT key ",
        free!(),
        " AND due_at <= $4 ORDER BY due_at LIMIT $5) AND claimed_by = '' RETURNING key, version, failures"
    );
    let rows: Vec<(String, i64, i64)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(reach.home.as_str())
        .bind(reach.lost_before.as_millis())
        .bind(worker.as_str())
        .bind(reach.now.as_millis())
        .bind(MOST)
        .fetch_all(c)
        .await)?;
    let claimed = |(key, version, failures): (String, i64, i64)| match TouchKey::parse(&key) {
        Some(key) => Ok(Claimed { key, version, failures: u32::try_from(failures).unwrap_or_default() }),
        None => Err(StoreError::Corrupt(format!("touch {key:?}"))),
    };
    rows.into_iter().map(claimed).collect()
}

/// Lets go of a key: it is due again at `again`, or at once when it was touched meanwhile, or else no more. What it says
/// of failures is kept.
pub async fn release(
    tx: &mut Tx<'_>,
    claimed: &Claimed,
    worker: &WorkerId,
    again: Option<Timestamp>,
) -> Result<(), StoreError> {
    const DONE: &str = "DELETE FROM touches WHERE key = $1 AND claimed_by = $2 AND version = $3";
    const LATER: &str = "UPDATE touches SET claimed_by = '', failures = $5, due_at = CASE WHEN version = $3 THEN $4 ELSE due_at END \
        WHERE key = $1 AND claimed_by = $2";
    let key = claimed.key.to_text();
    if again.is_none() {
        let done = on!(tx, c => sqlx::query(DONE)
            .bind(&key)
            .bind(worker.as_str())
            .bind(claimed.version)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if done == 1 {
            return Ok(());
        }
    }
    on!(tx, c => sqlx::query(LATER)
        .bind(&key)
        .bind(worker.as_str())
        .bind(claimed.version)
        .bind(again.map_or(0, Timestamp::as_millis))
        .bind(i64::from(claimed.failures))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Which touch of a key is the newest: what is read after this is as new.
pub async fn version(reader: &mut Reader, key: &TouchKey) -> Result<Option<i64>, StoreError> {
    let key = key.to_text();
    let row: Option<(i64,)> = on!(reader, c => sqlx::query_as(VERSION).bind(&key).fetch_optional(c).await)?;
    Ok(row.map(|(version,)| version))
}

/// Whether that touch is the newest still.
pub async fn is_at(tx: &mut Tx<'_>, key: &TouchKey, version: Option<i64>) -> Result<bool, StoreError> {
    let key = key.to_text();
    let row: Option<(i64,)> = on!(tx, c => sqlx::query_as(VERSION).bind(&key).fetch_optional(c).await)?;
    Ok(row.map(|(version,)| version) == version)
}

/// When the next look is due that may be taken, if it is by `latest`: without an end SQLite sorts all there are.
pub async fn next_due(reader: &mut Reader, reach: &Reach, latest: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let due: Option<(i64,)> = on!(reader, c => sqlx::query_as(NEXT_DUE)
        .bind(reach.home.as_str())
        .bind(reach.lost_before.as_millis())
        .bind(latest.as_millis())
        .fetch_optional(c)
        .await)?;
    Ok(due.map(|(due,)| Timestamp::from_millis(due)))
}
