//! A look at the database that changes nothing: no schema is brought up to date, no work is taken.

use super::db::{self, Tx, Url, on};
use super::error::StoreError;
use super::lock::ProcessLock;
use super::migrate;
use crate::domain::Timestamp;

/// What a look at the database saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// Whether another process has it; never told of a server, which several may use.
    pub is_held: bool,
    /// Whether the next start brings its schema up to date.
    pub is_older: bool,
    /// The moment of the newest row.
    pub newest: Option<Timestamp>,
}

/// Looks at the database; gives nothing when it is still to be made.
///
/// # Errors
/// [`StoreError::Newer`] when a newer release wrote it, and whatever keeps it from being read.
pub async fn peek(url: &Url) -> Result<Option<Peek>, StoreError> {
    if let Url::Sqlite(path) = url
        && !path.try_exists().map_err(|cause| StoreError::File { path: path.clone(), cause })?
    {
        return Ok(None);
    }
    let is_held = match ProcessLock::take(url) {
        Ok(free) => {
            drop(free);
            false
        }
        Err(StoreError::InUse(_)) => true,
        Err(other) => return Err(other),
    };
    let (mut conn, statements) = db::connect_to_look(url).await?;
    let mut tx = Tx::over(&mut conn, statements);
    let known = migrate::newest(url);
    let Some(found) = schema(&mut tx).await? else { return Ok(None) };
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    Ok(Some(Peek { is_held, is_older: found < known, newest: newest(&mut tx).await? }))
}

/// The number of its schema; none when it has no tables yet.
async fn schema(tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
    const TABLE: &str = "_sqlx_migrations";
    const SQL: &str = "SELECT max(version) FROM _sqlx_migrations";
    match on!(tx, c => sqlx::query_as::<_, (Option<i64>,)>(SQL).fetch_one(c).await) {
        Ok((found,)) => Ok(found),
        Err(sqlx::Error::Database(told)) if told.message().contains(TABLE) => Ok(None),
        Err(cause) => Err(cause.into()),
    }
}

async fn newest(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT (SELECT received_at FROM inbox ORDER BY seq DESC LIMIT 1), \
        (SELECT created_at FROM outbox ORDER BY seq DESC LIMIT 1), (SELECT at FROM audit ORDER BY seq DESC LIMIT 1)";
    type Row = (Option<i64>, Option<i64>, Option<i64>);
    let (arrived, answered, decided): Row = on!(tx, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(arrived.max(answered).max(decided).map(Timestamp::from_millis))
}
