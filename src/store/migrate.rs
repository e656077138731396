//! Brings the schema up to date; forward only.
//!
//! Processes of several releases may be at work on one server. A migration that only adds does no harm to those that do
//! not know it. One that takes something away raises [`OLDEST`]: it is made when no older process is at work, and none can
//! come to work afterwards.

use include_dir::{Dir, include_dir};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::db::{Conn, Statements, Tx, Url, on};
use super::error::StoreError;
use super::workers;

/// The oldest schema that a process must know to work on this release's.
const OLDEST: i64 = 10;

static SQLITE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/sqlite");
static POSTGRES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/postgres");

/// Brings the schema up to date.
///
/// # Errors
/// [`StoreError::Newer`] and [`StoreError::Older`] when releases do not go together.
pub(super) async fn run(conn: &mut Conn) -> Result<(), StoreError> {
    let migrations = migrations(if matches!(conn, Conn::Sqlite(_)) { &SQLITE } else { &POSTGRES });
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
    let mut tx = Tx::over(conn, Statements::default());
    if has_table(&mut tx).await? {
        tx.begin(None).await?;
        match raise(&mut tx, known).await {
            Ok(()) => tx.commit(None).await?,
            Err(cause) => {
                tx.roll_back().await?;
                return Err(cause);
            }
        }
    }
    let mut migrator = Migrator::with_migrations(migrations);
    // What a newer release has added: it would have said so if it were in our way.
    migrator.set_ignore_missing(true);
    match conn {
        Conn::Sqlite(conn) => migrator.run(conn).await?,
        Conn::Postgres(conn) => migrator.run(conn).await?,
    }
    Ok(())
}

async fn has_table(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    const SQLITE: &str = "SELECT count(*) FROM sqlite_master WHERE name = 'compatibility'";
    const POSTGRES: &str = "SELECT count(*) FROM pg_class WHERE oid = to_regclass('compatibility')";
    let sql = if tx.is_alone() { SQLITE } else { POSTGRES };
    let (count,): (i64,) = on!(tx, c => sqlx::query_as(sql).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Shuts out who is too old for this release, unless such a one is at work.
async fn raise(tx: &mut Tx<'_>, known: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE compatibility SET oldest = $1";
    let oldest = admits(tx, known).await?;
    if oldest >= OLDEST {
        return Ok(());
    }
    if let Some(at_work) = workers::oldest_known(tx).await?.filter(|at_work| *at_work < OLDEST) {
        return Err(StoreError::Older { at_work, oldest: OLDEST });
    }
    on!(tx, c => sqlx::query(SQL).bind(OLDEST).execute(c).await.map(drop))?;
    Ok(())
}

/// The oldest schema that a process must know; held until the end of the transaction.
///
/// # Errors
/// [`StoreError::Newer`] when that is more than `known`.
pub(super) async fn admits(tx: &mut Tx<'_>, known: i64) -> Result<i64, StoreError> {
    const SQLITE: &str = "SELECT oldest FROM compatibility";
    const POSTGRES: &str = "SELECT oldest FROM compatibility FOR UPDATE";
    let sql = if tx.is_alone() { SQLITE } else { POSTGRES };
    let (oldest,): (i64,) = on!(tx, c => sqlx::query_as(sql).fetch_one(c).await)?;
    if oldest > known { Err(StoreError::Newer { found: oldest, known }) } else { Ok(oldest) }
}

/// The newest schema that this program knows of a database.
pub(super) fn newest(url: &Url) -> i64 {
    let folder = match url {
        Url::Sqlite(_) => &SQLITE,
        Url::Postgres(_) => &POSTGRES,
    };
    migrations(folder).iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The files of a folder, `0001_name.sql`, as migrations.
fn migrations(folder: &Dir<'static>) -> Vec<Migration> {
    let files = folder.files().filter_map(|file| {
        let (number, name) = file.path().file_stem()?.to_str()?.split_once('_')?;
        let sql = AssertSqlSafe(file.contents_utf8()?).into_sql_str();
        Some(Migration::new(number.parse().ok()?, name.to_owned().into(), MigrationType::Simple, sql, false))
    });
    files.collect()
}
