//! A copy of the SQLite file, made while the bot is at work.
//!
//! It has another name until it is whole and on disk: a backup that is there can be relied on.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::KeepingError;
use super::look;
use crate::store::db::{Driver, Url};

/// Backs the database at `url` up into the file `to`; gives its size.
///
/// # Errors
/// [`KeepingError::OwnTool`] for PostgreSQL, [`KeepingError::Exists`] when there is such a file. No backup was made.
pub async fn backup(url: &Url, to: &Path) -> Result<u64, KeepingError> {
    let Url::Sqlite(from) = url else {
        return Err(KeepingError::OwnTool { place: look::name(url), command: pg_dump(url, to) });
    };
    let failed = |cause| KeepingError::File { path: to.to_owned(), cause };
    if to.symlink_metadata().is_ok() {
        return Err(KeepingError::Exists(to.to_owned()));
    }
    let unfinished = Unfinished::beside(to);
    // Its rights are the original's from the first byte on: it holds what people said.
    let rights = fs::metadata(from).map_err(|_| KeepingError::Missing(look::name(url)))?.permissions();
    let made = File::options().write(true).create_new(true).open(&unfinished.0).map_err(failed)?;
    made.set_permissions(rights).map_err(failed)?;
    write(url, &unfinished.0).await?;
    File::open(&unfinished.0).and_then(|file| file.sync_all()).map_err(failed)?;
    put_in_place(&unfinished.0, to)?;
    fs::metadata(to).map(|file| file.len()).map_err(failed)
}

/// A file that goes when it is not put in place.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(to: &Path) -> Self {
        let mut name = OsString::from(to);
        name.push(format!(".unfinished-{}", std::process::id()));
        Self(name.into())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Nothing is left to remove when it was put in place.
        fs::remove_file(&self.0).ok();
    }
}

/// Writes the copy, and looks whether it is whole.
async fn write(url: &Url, to: &Path) -> Result<(), KeepingError> {
    let mut looker = look::open(url).await?;
    let written = match looker.tx().driver() {
        Driver::Sqlite(conn) => {
            sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(conn).await.map(drop)
        }
        Driver::Postgres(_) => Ok(()),
    };
    written.map_err(|cause| looker.failed(cause))?;
    let copy = Url::Sqlite(to.to_owned());
    match look::open(&copy).await?.wrong_pages().await?.into_iter().next() {
        Some(told) => Err(KeepingError::Damaged { place: look::name(url), told }),
        None => Ok(()),
    }
}

/// Gives the file its name; a file that has that name by now stays.
fn put_in_place(made: &Path, to: &Path) -> Result<(), KeepingError> {
    let failed = |cause| KeepingError::File { path: to.to_owned(), cause };
    match fs::hard_link(made, to) {
        Ok(()) => fs::remove_file(made).map_err(failed)?,
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => return Err(KeepingError::Exists(to.to_owned())),
        // A file system without links.
        Err(_) => fs::rename(made, to).map_err(failed)?,
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// What to type for PostgreSQL.
fn pg_dump(url: &Url, to: &Path) -> String {
    use sqlx::postgres::PgConnectOptions;
    use std::str::FromStr;
    let Url::Postgres(address) = url else { return String::new() };
    let file = to.display();
    match PgConnectOptions::from_str(address) {
        Ok(at) => format!(
            "pg_dump --format=custom --file='{file}' --host={} --port={} --username={} {}",
            at.get_host(),
            at.get_port(),
            at.get_username(),
            at.get_database().unwrap_or_else(|| at.get_username()),
        ),
        Err(_) => format!("pg_dump --format=custom --file='{file}'"),
    }
}
