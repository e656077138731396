//! Copies a whole database into an empty one, whichever the two are.
//!
//! Everything is written in one transaction, read back there and compared before it is committed: whatever goes wrong,
//! and whenever the process is killed, the copy is whole or empty.

use futures::TryStreamExt;
use sqlx::Connection;

use super::error::KeepingError;
use super::look::{self, Found, Looker, find, lock};
use super::tables::{self, Table, quote, quoted};
use super::values::{self, Sum, Value};
use crate::store::db::{Conn, Db, Driver, Synchronous, Tx, Url};
use crate::store::error::StoreError;
use crate::store::{migrate, workers};

/// How much is in memory at a time.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 4 << 20;

/// What came of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub table: String,
    /// What was read.
    pub from: Sum,
    /// What stands there after the write.
    pub to: Sum,
}

/// Copies all rows of `from`, which is only read, into `to`, which is made or brought up to date first. The lines differ
/// somewhere only if `to` gives back something else than it was given; nothing is written then.
///
/// # Errors
/// Nothing was written: a database cannot be used, `from` is not up to date, `to` is not empty.
pub async fn copy(from: &Url, to: &Url) -> Result<Vec<Line>, KeepingError> {
    if let (Url::Sqlite(source), Url::Sqlite(target)) = (from, to)
        && source.with_extension("lock") == target.with_extension("lock")
    {
        return Err(KeepingError::Same(source.clone(), target.clone()));
    }
    let mut source = look::open(from).await?;
    let _held = lock(from)?;
    if workers::oldest_known(&mut source.tx()).await.map_err(|cause| source.failed(cause))?.is_some() {
        return Err(KeepingError::InUse(look::name(from)));
    }
    source.hold_still().await?;
    if let Some(told) = source.wrong_pages().await?.into_iter().next() {
        return Err(KeepingError::Damaged { place: look::name(from), told });
    }
    refuse_unless_empty(to).await?;
    let _kept = lock(to)?;
    let failed = |cause: StoreError| KeepingError::of(to, cause);
    let mut db = Db::open(to, Synchronous::Full).await.map_err(failed)?;
    let (mut conn, statements) = db.writing_connection().map_err(failed)?;
    let mut target = Target { tx: Tx::over(&mut conn, statements), url: to };
    let lines = target.write_all(from, &mut source).await;
    if let Conn::Sqlite(conn) = conn {
        // Puts all that is in the log into the file, so that the file alone is the copy; the next start would do it too.
        conn.close().await.ok();
    }
    lines
}

async fn refuse_unless_empty(to: &Url) -> Result<(), KeepingError> {
    let (place, known) = (look::name(to), migrate::newest(to));
    match find(to).await? {
        Found::Nothing | Found::Empty => Ok(()),
        Found::Foreign => Err(KeepingError::Foreign(place)),
        Found::Ours(_, found) if found > known => Err(KeepingError::Newer { place, found, known }),
        Found::Ours(mut looker, _) => {
            let all = tables::all(&mut looker.tx()).await.map_err(|cause| looker.failed(cause))?;
            let tables = tables::with_rows(&mut looker.tx(), &all).await.map_err(|cause| looker.failed(cause))?;
            if tables.is_empty() { Ok(()) } else { Err(KeepingError::NotEmpty { place, tables }) }
        }
    }
}

/// The database that is written, within its transaction.
struct Target<'t> {
    tx: Tx<'t>,
    url: &'t Url,
}

impl Target<'_> {
    /// All of it, or nothing.
    async fn write_all(&mut self, from: &Url, source: &mut Looker) -> Result<Vec<Line>, KeepingError> {
        self.tx.be_patient().await.map_err(|cause| self.failed(cause))?;
        self.tx.begin(None).await.map_err(|cause| self.failed(cause))?;
        match self.fill(from, source).await {
            Ok(lines) if lines.iter().all(|line| line.from == line.to) => {
                self.tx.commit(None).await.map_err(|cause| self.failed(cause))?;
                Ok(lines)
            }
            other => {
                // What failed may have ended the connection, and the transaction with it.
                self.tx.roll_back().await.ok();
                other
            }
        }
    }

    async fn fill(&mut self, from: &Url, source: &mut Looker) -> Result<Vec<Line>, KeepingError> {
        let tables = tables::of_release().await.map_err(|cause| self.failed(cause))?;
        self.shut_out(&tables).await?;
        let mut lines = Vec::new();
        for table in &tables {
            let sent = self.take(table, (from, source)).await?;
            let stands = sum(&mut self.tx, table).await.map_err(|cause| self.failed(cause.into()))?;
            lines.push(Line { table: table.name.clone(), from: sent, to: stands });
        }
        self.count_on(&tables).await.map_err(|cause| self.failed(cause))?;
        Ok(lines)
    }

    /// Nobody else writes until we are done; what came in since the look is found.
    async fn shut_out(&mut self, tables: &[Table]) -> Result<(), KeepingError> {
        let names: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
        let locked = match self.tx.driver() {
            // The transaction holds the only right to write.
            Driver::Sqlite(_) => Ok(()),
            Driver::Postgres(conn) => {
                let sql = format!("LOCK TABLE {} IN EXCLUSIVE MODE", quoted(names.iter().map(String::as_str)));
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await.map(drop)
            }
        };
        locked.map_err(|cause| self.failed(cause.into()))?;
        let full = tables::with_rows(&mut self.tx, &names).await.map_err(|cause| self.failed(cause))?;
        if full.is_empty() {
            return Ok(());
        }
        Err(KeepingError::NotEmpty { place: look::name(self.url), tables: full })
    }

    /// Takes all rows of a table over.
    async fn take(&mut self, table: &Table, (from, source): (&Url, &mut Looker)) -> Result<Sum, KeepingError> {
        let mut tx = source.tx();
        let mut rows = values::read(&mut tx, table);
        let mut sum = Sum::of(table);
        let mut batch: Vec<Vec<Value>> = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.try_next().await.map_err(|cause| unreadable(from, table, cause))? {
            sum.add(&row);
            bytes += row.iter().map(Value::size).sum::<usize>();
            batch.push(row);
            if batch.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
                self.write(table, &batch).await?;
                batch.clear();
                bytes = 0;
            }
        }
        self.write(table, &batch).await?;
        Ok(sum)
    }

    async fn write(&mut self, table: &Table, batch: &[Vec<Value>]) -> Result<(), KeepingError> {
        values::write(&mut self.tx, table, batch).await.map_err(|cause| unreadable(self.url, table, cause))
    }

    /// The next row that PostgreSQL counts gets a higher number than all that are there; SQLite does so by itself.
    async fn count_on(&mut self, tables: &[Table]) -> Result<(), StoreError> {
        let Driver::Postgres(conn) = self.tx.driver() else { return Ok(()) };
        for (table, column) in counters(conn, tables).await? {
            let (column, name) = (quote(&column), quote(&table));
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence($1, $2), max({column})) FROM {name} HAVING max({column}) > 0"
            );
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(&name)
                .bind(column.trim_matches('"'))
                .execute(&mut *conn)
                .await?;
        }
        Ok(())
    }

    fn failed(&self, cause: StoreError) -> KeepingError {
        KeepingError::of(self.url, cause)
    }
}

/// The columns that PostgreSQL counts itself, with their tables.
pub(super) async fn counters(
    conn: &mut sqlx::PgConnection,
    tables: &[Table],
) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
        WHERE table_schema = current_schema() AND is_identity = 'YES' ORDER BY 1, 2";
    let found: Vec<(String, String)> = sqlx::query_as(SQL).fetch_all(conn).await?;
    Ok(found.into_iter().filter(|(name, _)| tables.iter().any(|table| table.name == *name)).collect())
}

/// What stands in a table now.
async fn sum(tx: &mut Tx<'_>, table: &Table) -> Result<Sum, sqlx::Error> {
    let mut rows = values::read(tx, table);
    let mut sum = Sum::of(table);
    while let Some(row) = rows.try_next().await? {
        sum.add(&row);
    }
    Ok(sum)
}

/// A row that is not as rows are has more to say than the database as a whole.
fn unreadable(url: &Url, table: &Table, cause: sqlx::Error) -> KeepingError {
    match cause {
        sqlx::Error::Database(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            match KeepingError::of(url, cause.into()) {
                KeepingError::Unusable { place, cause, .. } => {
                    KeepingError::Row { place, table: table.name.clone(), cause }
                }
                other => other,
            }
        }
        other => KeepingError::of(url, other.into()),
    }
}
