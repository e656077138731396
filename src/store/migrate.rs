//! Brings the schema up to date; forward only.

use include_dir::{Dir, include_dir};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, SqlSafeStr, SqliteConnection};

use super::db::Url;
use super::error::StoreError;

static SQLITE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/sqlite");
static POSTGRES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/postgres");

pub(super) async fn sqlite(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrator = Migrator::with_migrations(migrations(&SQLITE));
    migrator.run(conn).await.map_err(|cause| told(cause, &migrator))
}

pub(super) async fn postgres(conn: &mut PgConnection) -> Result<(), StoreError> {
    let migrator = Migrator::with_migrations(migrations(&POSTGRES));
    migrator.run(conn).await.map_err(|cause| told(cause, &migrator))
}

/// The newest schema that this program knows of a database.
pub(super) fn newest(url: &Url) -> i64 {
    let folder = match url {
        Url::Sqlite(_) => &SQLITE,
        Url::Postgres(_) => &POSTGRES,
    };
    migrations(folder).iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// A schema number that we don't know is a newer release's.
fn told(cause: MigrateError, migrator: &Migrator) -> StoreError {
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    match cause {
        MigrateError::VersionMissing(found) if found > known => StoreError::Newer { found, known },
        other => other.into(),
    }
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
