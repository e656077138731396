//! One process a SQLite file: the second one is told at once, not after the first lost write.

use std::fs::{File, TryLockError};

use super::db::Url;
use super::error::StoreError;

/// Held as long as the process uses the file; the system lets it go when the process dies.
pub(super) struct ProcessLock {
    _file: File,
}

impl ProcessLock {
    /// Takes the lock beside the database file; none is needed on a server.
    pub(super) fn take(url: &Url) -> Result<Option<Self>, StoreError> {
        let Url::Sqlite(path) = url else { return Ok(None) };
        let failed = |cause| StoreError::File { path: path.clone(), cause };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::create(path.with_extension("lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.clone())),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}
