//! What may go wrong between us and the database.

use std::path::PathBuf;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the SQLite file.
    #[error("another Chamberlain is using {}: stop it first, or give this one a `data_dir` of its own", .0.display())]
    InUse(PathBuf),
    /// A newer release wrote the database.
    #[error(
        "the database was written by a newer Chamberlain (schema {found}, this one knows {known}): start that release, or restore a backup"
    )]
    Newer {
        /// The schema's number in the database.
        found: i64,
        /// The newest number of this program.
        known: i64,
    },
    /// The file or folder of the database cannot be used.
    #[error("cannot use {}: {cause}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A row holds what no release writes.
    #[error("the database holds something unreadable: {0}")]
    Corrupt(String),
    /// Somebody else took the work over: stop, it is being done.
    #[error("the claim was lost")]
    ClaimLost,
    /// The row was changed meanwhile: load and decide again.
    #[error("somebody else changed it first")]
    Conflict,
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
    /// The transaction that this was part of failed; the cause was logged there.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The database's own error.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl From<serde_json::Error> for StoreError {
    fn from(cause: serde_json::Error) -> Self {
        Self::Corrupt(cause.to_string())
    }
}
