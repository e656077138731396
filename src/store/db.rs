//! The two databases behind one closed enum, and the macro that runs one text on either.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

use super::error::StoreError;
use super::migrate;

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

    /// Takes the write lock at once on SQLite, where a later upgrade would fail among concurrent writers.
    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
        match self.driver() {
            Driver::Sqlite(conn) => sqlx::query("BEGIN IMMEDIATE").execute(conn).await.map(drop),
            Driver::Postgres(conn) => sqlx::raw_sql("BEGIN").execute(conn).await.map(drop),
        }
        .map_err(StoreError::from)
    }

    pub(super) async fn end(&mut self, word: &'static str) -> Result<(), StoreError> {
        match self.driver() {
            // Kept prepared there, as all that is said often.
            Driver::Sqlite(conn) => sqlx::query(word).execute(conn).await.map(drop),
            Driver::Postgres(conn) => sqlx::raw_sql(word).execute(conn).await.map(drop),
        }
        .map_err(StoreError::from)
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
    let mut writing = options.clone().connect().await?;
    migrate::sqlite(&mut writing).await?;
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(options.read_only(true).create_if_missing(false));
    Ok((Pool::Sqlite(pool), Conn::Sqlite(writing)))
}

async fn open_postgres(address: &str) -> Result<(Pool, Conn), StoreError> {
    let options = PgConnectOptions::from_str(address)?.disable_statement_logging();
    let mut writing = options.clone().connect().await?;
    migrate::postgres(&mut writing).await?;
    let pool = PgPoolOptions::new().max_connections(READERS).test_before_acquire(false).connect_lazy_with(options);
    Ok((Pool::Postgres(pool), Conn::Postgres(writing)))
}
