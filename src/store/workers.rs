//! Who is at work. A worker that is not here has nothing in hand: each of its writes finds itself missing and is rolled
//! back, and what it had is free.

use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::db::{Tx, on};
use super::error::StoreError;
use super::home::Home;
use super::lease::LEASE;
use super::migrate;
use crate::domain::{Crew, Timestamp, WorkerId};

/// What a worker is told when it comes.
pub(super) struct Come {
    /// The database's time, where that counts.
    pub(super) at: Option<Timestamp>,
    /// Who else is at work.
    pub(super) crew: Crew,
}

/// What a worker is told when it says that it is alive.
pub(super) struct Heard {
    /// The database's time.
    pub(super) at: Timestamp,
    /// Whether others were given up, and what they had in hand is free.
    pub(super) has_freed: bool,
    /// Who else is at work.
    pub(super) crew: Crew,
    /// How long the lease still lasts of whoever was heard of least lately.
    pub(super) left: Duration,
}

/// The database's own time: workers' clocks may be minutes apart.
const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/// Comes to work. A process that has the database to itself, or lives where another worker did, knows that one dead.
pub(super) async fn join(tx: &mut Tx<'_>, worker: &WorkerId, home: &Home, schema: i64) -> Result<Come, StoreError> {
    const GONE: &str = "DELETE FROM workers WHERE home = $1 OR $2";
    const LIVE: &str = "INSERT INTO homes (id, machine) VALUES ($1, $2) \
        ON CONFLICT (id) DO UPDATE SET machine = excluded.machine, gone_at = NULL";
    // A copy of a database does not tell of homes that it has environments for.
    const UNHEARD: &str = "INSERT INTO homes (id, machine) SELECT DISTINCT home, home FROM environments \
        WHERE home IS NOT NULL AND home NOT IN (SELECT id FROM homes)";
    // Whoever is alone has whatever the file tells of, wherever that ran before.
    const INHERIT: &str = "UPDATE environments SET home = $1, lost_at = NULL WHERE home IS NOT NULL AND $2";
    let is_alone = tx.is_alone();
    let alive_until = if is_alone { i64::MAX.to_string() } else { format!("{NOW} + {}", LEASE.as_millis()) };
    let come = AssertSqlSafe(format!(
        "INSERT INTO workers (id, home, alive_until, schema_known) VALUES ($1, $2, {alive_until}, $3)"
    ));
    migrate::admits(tx, schema).await?;
    let id = home.id().as_str();
    on!(tx, c => sqlx::query(GONE).bind(id).bind(is_alone).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(LIVE).bind(id).bind(home.machine()).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(INHERIT).bind(id).bind(is_alone).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(UNHEARD).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(come).bind(worker.as_str()).bind(id).bind(schema).execute(c).await.map(drop))?;
    free(tx).await?;
    if is_alone {
        return Ok(Come { at: None, crew: Crew::ALONE });
    }
    let now = AssertSqlSafe(format!("SELECT {NOW}"));
    let (at,): (i64,) = on!(tx, c => sqlx::query_as(now).fetch_one(c).await)?;
    Ok(Come { at: Some(Timestamp::from_millis(at)), crew: crew(tx, worker).await? })
}

/// A worker among all who are at work.
async fn crew(tx: &mut Tx<'_>, worker: &WorkerId) -> Result<Crew, StoreError> {
    const SQL: &str = "SELECT count(*), count(CASE WHEN id < $1 THEN 1 END) FROM workers";
    let (count, rank): (i64, i64) = on!(tx, c => sqlx::query_as(SQL).bind(worker.as_str()).fetch_one(c).await)?;
    let number = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Crew { count: number(count), rank: number(rank), is_settled: false })
}

/// The oldest schema that somebody knows who is at work; none where nobody else can be.
pub(super) async fn oldest_known(tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
    if tx.is_alone() {
        return Ok(None);
    }
    let sql = AssertSqlSafe(format!("SELECT min(schema_known) FROM workers WHERE alive_until > {NOW}"));
    let (oldest,): (Option<i64>,) = on!(tx, c => sqlx::query_as(sql).fetch_one(c).await)?;
    Ok(oldest)
}

/// Goes, and leaves what it had in hand to others.
pub(super) async fn leave(tx: &mut Tx<'_>, worker: &WorkerId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM workers WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(worker.as_str()).execute(c).await.map(drop))?;
    free(tx).await?;
    Ok(())
}

/// Says that it is alive, and frees what those had in hand who were not heard of. For a server: alone there is nobody to
/// tell.
///
/// # Errors
/// [`StoreError::LeaseLost`] when others gave it up.
pub(super) async fn beat(tx: &mut Tx<'_>, worker: &WorkerId) -> Result<Heard, StoreError> {
    let lease = LEASE.as_millis();
    let alive =
        AssertSqlSafe(format!("UPDATE workers SET alive_until = {NOW} + {lease} WHERE id = $1 RETURNING {NOW}"));
    let at: Option<(i64,)> = on!(tx, c => sqlx::query_as(alive).bind(worker.as_str()).fetch_optional(c).await)?;
    let (at,) = at.ok_or(StoreError::LeaseLost)?;
    // One that is just being written for is left for the next time: whoever waited for it would be late itself.
    let dead = AssertSqlSafe(format!(
        "DELETE FROM workers WHERE id IN (SELECT id FROM workers WHERE alive_until <= {NOW} FOR UPDATE SKIP LOCKED)"
    ));
    let dead = on!(tx, c => sqlx::query(dead).execute(c).await.map(|done| done.rows_affected()))?;
    if dead > 0 {
        free(tx).await?;
    }
    let crew = Crew { is_settled: true, ..crew(tx, worker).await? };
    let next = AssertSqlSafe(format!("SELECT min(alive_until) - {NOW} FROM workers WHERE id <> $1"));
    let (left,): (Option<i64>,) = on!(tx, c => sqlx::query_as(next).bind(worker.as_str()).fetch_one(c).await)?;
    let left = left.map_or(LEASE, |left| Duration::from_millis(u64::try_from(left).unwrap_or_default()));
    Ok(Heard { at: Timestamp::from_millis(at), has_freed: dead > 0, crew, left })
}

/// Frees what nobody has in hand who is here, and writes down which homes are empty. A try lies behind what is freed: who
/// takes it up looks before repeating it.
async fn free(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    const GONE: &str = "claimed_by <> '' AND claimed_by NOT IN (SELECT id FROM workers)";
    // What lives there is looked at by others, once they take its home for lost.
    const TOUCH: &str = "UPDATE touches SET due_at = 0, version = version + 1 WHERE key IN ( \
        SELECT 'environment:' || environments.name FROM environments JOIN homes ON homes.id = environments.home \
        WHERE homes.gone_at IS NULL AND homes.id NOT IN (SELECT home FROM workers))";
    const HOMES: &str = "gone_at IS NULL AND id NOT IN (SELECT home FROM workers)";
    let now = if tx.is_alone() { "CAST(unixepoch('subsec') * 1000 AS BIGINT)" } else { NOW };
    for sql in [
        TOUCH.to_owned(),
        format!("UPDATE homes SET gone_at = {now} WHERE {HOMES}"),
        format!("UPDATE inbox SET claimed_by = '', attempt = attempt + 1 WHERE done_at IS NULL AND {GONE}"),
        format!("UPDATE outbox SET claimed_by = '', attempt = attempt + 1 WHERE done_at IS NULL AND {GONE}"),
        format!("UPDATE touches SET claimed_by = '' WHERE {GONE}"),
    ] {
        let sql = AssertSqlSafe(sql);
        on!(tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
    }
    Ok(())
}
