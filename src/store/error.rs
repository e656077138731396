//! What may go wrong between us and the database.

use std::path::PathBuf;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the SQLite file.
    #[error("another Chamberlain is using {}: stop it first, or give this one a `data_dir` of its own", .0.display())]
    InUse(PathBuf),
    /// A newer release changed the database so that this one cannot work on it.
    #[error(
        "the database was written by a newer Chamberlain (it asks for schema {found}, this one knows {known}): start that release, or restore a backup"
    )]
    Newer {
        /// The schema that a program must know.
        found: i64,
        /// The newest number of this program.
        known: i64,
    },
    /// An older release is at work on the database, and this one changes what that one needs.
    #[error(
        "an older Chamberlain is at work on this database (it knows schema {at_work}, this release asks for {oldest}): stop all of that release first"
    )]
    Older {
        /// What it knows.
        at_work: i64,
        /// What it would have to know.
        oldest: i64,
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
    /// This process was not heard of for too long: others took over what it had in hand.
    #[error("the lease was lost: others took over")]
    LeaseLost,
    /// The database cannot be reached, or does not answer.
    #[error("the database cannot be reached")]
    Away,
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

impl StoreError {
    /// Whether the connection is of no more use: it is gone, or what it would write is refused from now on.
    pub(super) fn is_loss(&self) -> bool {
        match self {
            Self::LeaseLost | Self::Away => true,
            Self::Sql(cause) => match cause {
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
                    true
                }
                // Class 08: connections. 57P: the server is shut down, or was told to end us. 25P03: a transaction of
                // ours stood still for too long.
                sqlx::Error::Database(told) => {
                    told.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P") || code == "25P03")
                }
                _ => false,
            },
            _ => false,
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(cause: serde_json::Error) -> Self {
        Self::Corrupt(cause.to_string())
    }
}
