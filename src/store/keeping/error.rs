//! What may keep us from copying, backing up or checking a database: why, and what to do next.

use std::path::PathBuf;

use crate::store::db::Url;
use crate::store::error::StoreError;

/// Why nothing came of it. Each names the database, by a name that holds no password.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    /// There is none.
    #[error("{0} is not there. Check the address; a relative path begins in the folder you are in.")]
    Missing(String),
    /// It is somebody else's.
    #[error("{0} is no database of Chamberlain. Check the address; nothing was changed.")]
    Foreign(String),
    /// A process has it.
    #[error("{0} is in use by another process. Stop that one first, then try again.")]
    InUse(String),
    /// It holds rows already.
    #[error(
        "{place} is not empty: there are rows in {}. Nothing was changed. Name one that is empty or still to be made; \
         a Chamberlain must not have been started on it.", .tables.join(", ")
    )]
    NotEmpty {
        /// Which database.
        place: String,
        /// The tables that have rows.
        tables: Vec<String>,
    },
    /// An earlier release wrote it.
    #[error(
        "{place} has the schema {found}, and this release has {known}. Start this release on it once, which brings it \
         up to date, stop it, then try again."
    )]
    Older {
        /// Which database.
        place: String,
        /// The number of its schema.
        found: i64,
        /// The number of ours.
        known: i64,
    },
    /// A newer release wrote it.
    #[error(
        "{place} was written by a newer Chamberlain (schema {found}, this one knows {known}). Use that release for it."
    )]
    Newer {
        /// Which database.
        place: String,
        /// The number of its schema.
        found: i64,
        /// The number of ours.
        known: i64,
    },
    /// What it holds cannot be trusted.
    #[error("{place} is damaged: {told}. Restore a backup; `chamberlain store check` tells more.")]
    Damaged {
        /// Which database.
        place: String,
        /// How one sees it.
        told: String,
    },
    /// A value that the other database cannot hold, or none of ours.
    #[error("{place}, table `{table}`: a row cannot be copied: {cause}. `chamberlain store check` tells more.")]
    Row {
        /// Which database.
        place: String,
        /// Which table.
        table: String,
        /// What the database says.
        cause: String,
    },
    /// FROM and TO would get into each other's way.
    #[error("{} and {} use the same lock file. Give TO another folder or another name.", .0.display(), .1.display())]
    Same(PathBuf, PathBuf),
    /// A backup never goes over a file.
    #[error("{} is there already. A backup never overwrites: choose another name.", .0.display())]
    Exists(PathBuf),
    /// The file of a backup cannot be made.
    #[error("{} cannot be written: {cause}. Check that there is room, and that you may write there.", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// What was asked for cannot be written out.
    #[error("the output takes no more: {0}. What was written until then is not all.")]
    Unwritten(std::io::Error),
    /// PostgreSQL has a tool of its own for it.
    #[error(
        "{place} is backed up by PostgreSQL's own tool, also while Chamberlain runs:\n\n  {command}\n\nIt asks for the \
         password unless ~/.pgpass or PGPASSWORD has it."
    )]
    OwnTool {
        /// Which database.
        place: String,
        /// What to type.
        command: String,
    },
    /// It does not open, or fails.
    #[error("{place} cannot be used: {cause}. {hint}")]
    Unusable {
        /// Which database.
        place: String,
        /// What the database says.
        cause: String,
        /// What to do.
        hint: &'static str,
    },
}

const SQLITE_HINT: &str = "Check that this user may read and write the file and its folder, and that there is room.";
const POSTGRES_HINT: &str = "Check that its server runs, and name, password and rights in the address.";

/// SQLite's own numbers for a file that is damaged, and for one that is none of its.
const CORRUPT: i64 = 11;
const NOT_A_DATABASE: i64 = 26;

impl KeepingError {
    /// What a failure of the database at `url` means for people.
    pub(super) fn of(url: &Url, cause: StoreError) -> Self {
        let place = super::name(url);
        let hint = match url {
            Url::Sqlite(_) => SQLITE_HINT,
            Url::Postgres(_) => POSTGRES_HINT,
        };
        match cause {
            StoreError::InUse(_) => Self::InUse(place),
            StoreError::Newer { found, known } => Self::Newer { place, found, known },
            StoreError::Sql(cause) if sqlite_code(&cause) == Some(NOT_A_DATABASE) => Self::Foreign(place),
            StoreError::Sql(cause) if sqlite_code(&cause) == Some(CORRUPT) => {
                Self::Damaged { place, told: cause.to_string() }
            }
            StoreError::Migrate(cause) => Self::Unusable {
                place,
                cause: cause.to_string(),
                hint: "Is it Chamberlain's? Name a database of its own.",
            },
            other => Self::Unusable { place, cause: other.to_string(), hint },
        }
    }
}

/// The number of an error that SQLite tells, without what it adds to it.
fn sqlite_code(cause: &sqlx::Error) -> Option<i64> {
    let told = cause.as_database_error()?;
    told.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    told.code()?.parse::<i64>().ok().map(|code| code & 0xff)
}
