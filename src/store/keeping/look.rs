//! A database opened to be read, and what it is: ours, of which schema, whole.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use super::error::KeepingError;
use super::tables;
use crate::store::db::{self, Conn, Driver, Statements, Tx, Url, on};
use crate::store::error::StoreError;
use crate::store::{lock, migrate};

/// How long a server may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// How a database is called in what people read: never with its password.
pub fn name(url: &Url) -> String {
    match url {
        Url::Sqlite(path) => format!("SQLite in {}", path.display()),
        Url::Postgres(address) => match PgConnectOptions::from_str(address) {
            Ok(options) => {
                let database = options.get_database().unwrap_or_else(|| options.get_username());
                format!("PostgreSQL `{database}` on {}:{}", options.get_host(), options.get_port())
            }
            Err(_) => "PostgreSQL".to_owned(),
        },
    }
}

/// What lies at an address.
pub(super) enum Found {
    /// Nothing: it is still to be made.
    Nothing,
    /// A database without a table.
    Empty,
    /// Ours, with the number of its schema.
    Ours(Looker, i64),
    /// Tables of somebody else.
    Foreign,
}

/// A connection that only reads.
pub(super) struct Looker {
    url: Url,
    conn: Conn,
    statements: Statements,
}

impl Looker {
    pub(super) fn tx(&mut self) -> Tx<'_> {
        Tx::over(&mut self.conn, self.statements.clone())
    }

    /// From here on it sees one state of the database, whoever writes meanwhile.
    pub(super) async fn hold_still(&mut self) -> Result<(), KeepingError> {
        let begun = match self.tx().driver() {
            Driver::Sqlite(conn) => sqlx::query("BEGIN").execute(conn).await.map(drop),
            Driver::Postgres(conn) => {
                let sql = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
                sqlx::raw_sql(sql).execute(conn).await.map(drop)
            }
        };
        begun.map_err(|cause| self.failed(cause))
    }

    pub(super) fn failed(&self, cause: impl Into<StoreError>) -> KeepingError {
        KeepingError::of(&self.url, cause.into())
    }

    /// What SQLite finds wrong with its own pages and indexes, a line each; PostgreSQL watches over its own.
    pub(super) async fn wrong_pages(&mut self) -> Result<Vec<String>, KeepingError> {
        let lines = match self.tx().driver() {
            Driver::Postgres(_) => Ok(Vec::new()),
            Driver::Sqlite(conn) => sqlx::query_as::<_, (String,)>("PRAGMA integrity_check(20)").fetch_all(conn).await,
        };
        match lines {
            Ok(lines) => Ok(lines.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect()),
            Err(cause) => match self.failed(cause) {
                KeepingError::Damaged { told, .. } => Ok(vec![told]),
                other => Err(other),
            },
        }
    }
}

/// Looks what lies at `url`. Makes nothing, and changes nothing.
pub(super) async fn find(url: &Url) -> Result<Found, KeepingError> {
    if let Url::Sqlite(path) = url {
        let failed = |cause| KeepingError::of(url, StoreError::File { path: path.clone(), cause });
        if !path.try_exists().map_err(failed)? {
            return Ok(Found::Nothing);
        }
    }
    let failed = |cause: StoreError| KeepingError::of(url, cause);
    let waited = tokio::time::timeout(LIMIT, db::connect_to_look(url)).await;
    let (conn, statements) = waited
        .map_err(|_| failed(StoreError::Failed(format!("no answer within {} s", LIMIT.as_secs()))))?
        .map_err(failed)?;
    let mut looker = Looker { url: url.clone(), conn, statements };
    let found = tables::all(&mut looker.tx()).await.map_err(failed)?;
    if found.is_empty() {
        return Ok(Found::Empty);
    }
    if !found.iter().any(|name| name == tables::MIGRATIONS) {
        return Ok(Found::Foreign);
    }
    // Other programs have a table of that name as well; without ours beside it, it is theirs.
    if !found.iter().any(|name| name == "inbox") {
        return Ok(if found.len() == 1 { Found::Empty } else { Found::Foreign });
    }
    let schema = schema(&mut looker.tx()).await.map_err(failed)?;
    Ok(Found::Ours(looker, schema))
}

/// Opens a database of ours that is up to date, to read it.
pub(super) async fn open(url: &Url) -> Result<Looker, KeepingError> {
    let (place, known) = (name(url), migrate::newest(url));
    match find(url).await? {
        Found::Nothing => Err(KeepingError::Missing(place)),
        Found::Empty | Found::Foreign => Err(KeepingError::Foreign(place)),
        Found::Ours(_, found) if found > known => Err(KeepingError::Newer { place, found, known }),
        Found::Ours(_, found) if found < known => Err(KeepingError::Older { place, found, known }),
        Found::Ours(looker, _) => Ok(looker),
    }
}

/// The lock that keeps a Chamberlain from starting on it, where there is one.
pub(super) fn lock(url: &Url) -> Result<Option<lock::ProcessLock>, KeepingError> {
    lock::ProcessLock::take(url).map_err(|cause| KeepingError::of(url, cause))
}

async fn schema(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
    let (found,): (i64,) = on!(tx, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(found)
}
