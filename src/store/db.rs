//! The two databases behind one closed enum, and the macro that runs one text on either.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

use super::error::StoreError;
use super::listen::{CHANNEL, Word};
use super::migrate;
use crate::domain::WorkerId;

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Url {
    /// A file; made when it is missing.
    Sqlite(PathBuf),
    /// A server's address; holds a password, so it is never printed.
    Postgres(String),
}

/// What a commit survives (SQLite; PostgreSQL has its own settings).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// A killed process and a power cut.
    #[default]
    Full,
    /// A killed process; a power cut may lose the last commits.
    Normal,
}

/// Counts statements, so that a test can hold the hot paths to their budget.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<AtomicU64>);

impl Statements {
    /// Statements since the start.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One connection, whichever driver.
pub(super) enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A driver's own connection, for the length of one statement.
pub(super) enum Driver<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// Runs one body against whichever driver is behind the transaction or reader; counts it as one statement.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn.driver() {
            $crate::store::db::Driver::Sqlite($c) => $body,
            $crate::store::db::Driver::Postgres($c) => $body,
        }
    };
}
pub(super) use on;

/// What a writer holds while it writes, where it is not alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold<'h> {
    /// The writer.
    pub(super) worker: &'h WorkerId,
    /// The numbers of the lanes, in ascending order: two that wait for each other would wait for ever.
    pub(super) locks: &'h [i64],
}

impl Hold<'_> {
    fn to_sql(self) -> Result<String, StoreError> {
        let worker = plain(self.worker)?;
        let locks: Vec<String> = self.locks.iter().map(ToString::to_string).collect();
        let locks = match locks.as_slice() {
            [] => String::new(),
            locks => format!("; SELECT pg_advisory_xact_lock(n) FROM unnest(ARRAY[{}]::bigint[]) n", locks.join(",")),
        };
        Ok(format!("BEGIN; SELECT 1 FROM workers WHERE id = '{worker}' FOR KEY SHARE{locks}"))
    }
}

/// An id that can stand in a statement as it is.
fn plain(worker: &WorkerId) -> Result<&str, StoreError> {
    let id = worker.as_str();
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain { Ok(id) } else { Err(StoreError::Corrupt(format!("worker {id:?}"))) }
}

/// A transaction; only the writer opens one.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    statements: Statements,
}

impl<'c> Tx<'c> {
    pub(super) fn over(conn: &'c mut Conn, statements: Statements) -> Self {
        Self { conn, statements }
    }

    pub(super) fn driver(&mut self) -> Driver<'_> {
        self.statements.add_one();
        match self.conn {
            Conn::Sqlite(conn) => Driver::Sqlite(conn),
            Conn::Postgres(conn) => Driver::Postgres(conn),
        }
    }

    /// Whether the database is a file that one process has to itself.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.conn, Conn::Sqlite(_))
    }

    /// Begins. On SQLite the write lock is taken at once, since a later upgrade would fail among concurrent writers. On
    /// a server the writer must still be at work, and what it adds to or ends is locked, in one message: nobody can give
    /// the writer up or write to these lanes before the end.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when others gave the writer up.
    pub(super) async fn begin(&mut self, by: Option<&Hold<'_>>) -> Result<(), StoreError> {
        match self.driver() {
            Driver::Sqlite(conn) => sqlx::query("BEGIN IMMEDIATE").execute(conn).await.map(drop)?,
            Driver::Postgres(conn) => {
                let Some(by) = by else { return Ok(sqlx::raw_sql("BEGIN").execute(conn).await.map(drop)?) };
                let told = sqlx::raw_sql(AssertSqlSafe(by.to_sql()?)).fetch_all(&mut *conn).await?;
                if told.len() != 1 + by.locks.len() {
                    sqlx::raw_sql("ROLLBACK").execute(conn).await?;
                    return Err(StoreError::LeaseLost);
                }
            }
        }
        Ok(())
    }

    /// Commits; on a server others hear `word` of it.
    pub(super) async fn commit(&mut self, word: Option<&Word<'_>>) -> Result<(), StoreError> {
        match self.driver() {
            // Kept prepared there, as all that is said often.
            Driver::Sqlite(conn) => sqlx::query("COMMIT").execute(conn).await.map(drop)?,
            Driver::Postgres(conn) => {
                let told = word.map(|word| format!("NOTIFY {CHANNEL}, '{}'; ", word.to_text()));
                let sql = format!("{}COMMIT", told.unwrap_or_default());
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(drop)?;
            }
        }
        Ok(())
    }

    /// Lets transactions wait between their statements for as long as it takes, where nobody else is at work.
    pub(super) async fn be_patient(&mut self) -> Result<(), StoreError> {
        const SQL: &str = "SET idle_in_transaction_session_timeout = 0";
        match self.driver() {
            Driver::Sqlite(_) => Ok(()),
            Driver::Postgres(conn) => Ok(sqlx::raw_sql(SQL).execute(conn).await.map(drop)?),
        }
    }

    pub(super) async fn roll_back(&mut self) -> Result<(), StoreError> {
        match self.driver() {
            Driver::Sqlite(conn) => sqlx::query("ROLLBACK").execute(conn).await.map(drop)?,
            Driver::Postgres(conn) => sqlx::raw_sql("ROLLBACK").execute(conn).await.map(drop)?,
        }
        Ok(())
    }
}

/// A connection to read with, from the readers' pool.
pub struct Reader {
    conn: ReaderConn,
    statements: Statements,
}

enum ReaderConn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Reader {
    pub(super) fn driver(&mut self) -> Driver<'_> {
        self.statements.add_one();
        match &mut self.conn {
            ReaderConn::Sqlite(conn) => Driver::Sqlite(conn),
            ReaderConn::Postgres(conn) => Driver::Postgres(conn),
        }
    }
}

/// The pools.
pub(super) struct Db {
    pool: Pool,
    writing: Option<Conn>,
    statements: Statements,
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

const READERS: u32 = 4;
const BUSY: Duration = Duration::from_secs(5);

impl Db {
    pub(super) async fn open(url: &Url, synchronous: Synchronous) -> Result<Self, StoreError> {
        let statements = Statements::default();
        let (pool, writing) = match url {
            Url::Sqlite(path) => open_sqlite(path, synchronous).await?,
            Url::Postgres(address) => open_postgres(address).await?,
        };
        Ok(Self { pool, writing: Some(writing), statements })
    }

    /// The one connection that writes; can be taken once.
    pub(super) fn writing_connection(&mut self) -> Result<(Conn, Statements), StoreError> {
        let conn = self.writing.take().ok_or(StoreError::Closed)?;
        Ok((conn, self.statements.clone()))
    }

    pub(super) async fn reader(&self) -> Result<Reader, StoreError> {
        let conn = match &self.pool {
            Pool::Sqlite(pool) => ReaderConn::Sqlite(pool.acquire().await?),
            Pool::Postgres(pool) => ReaderConn::Postgres(pool.acquire().await?),
        };
        Ok(Reader { conn, statements: self.statements.clone() })
    }

    pub(super) fn statements(&self) -> Statements {
        self.statements.clone()
    }
}

/// A connection that only looks; on SQLite it cannot write, and makes no file.
pub(super) async fn connect_to_look(url: &Url) -> Result<(Conn, Statements), StoreError> {
    let conn = match url {
        Url::Sqlite(path) => {
            let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY);
            Conn::Sqlite(options.disable_statement_logging().connect().await?)
        }
        Url::Postgres(address) => {
            Conn::Postgres(PgConnectOptions::from_str(address)?.disable_statement_logging().connect().await?)
        }
    };
    Ok((conn, Statements::default()))
}

async fn open_sqlite(path: &std::path::Path, synchronous: Synchronous) -> Result<(Pool, Conn), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        })
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .disable_statement_logging();
    let mut writing = Conn::Sqlite(options.clone().connect().await?);
    migrate::run(&mut writing).await?;
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(options.read_only(true).create_if_missing(false));
    Ok((Pool::Sqlite(pool), writing))
}

async fn open_postgres(address: &str) -> Result<(Pool, Conn), StoreError> {
    let options = PgConnectOptions::from_str(address)?.disable_statement_logging();
    let mut writing = Conn::Postgres(to_write(address)?.connect().await?);
    migrate::run(&mut writing).await?;
    let pool = PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(BUSY)
        .test_before_acquire(false)
        .connect_lazy_with(options);
    Ok((Pool::Postgres(pool), writing))
}

/// Another connection to write with, after the first was lost. The schema is left as it is: a newer release may have
/// brought it up to date meanwhile.
pub(super) async fn reconnect(url: &Url) -> Result<Conn, StoreError> {
    match url {
        // A file is never out of reach for longer than a statement.
        Url::Sqlite(_) => Err(StoreError::Closed),
        Url::Postgres(address) => Ok(Conn::Postgres(to_write(address)?.connect().await?)),
    }
}

/// A process that is stopped within a transaction must not hold up the others: the server ends it.
fn to_write(address: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(address)?.disable_statement_logging();
    Ok(options.options([("idle_in_transaction_session_timeout", "1000")]))
}
