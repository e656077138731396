//! Where a process lives: its data folder, which it has to itself.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use super::error::StoreError;
use crate::domain::HomeId;
use crate::ports::Ids;

/// A data folder that no other process uses; the system lets it go when the process dies.
#[derive(Clone, Debug)]
pub struct Home {
    id: HomeId,
    machine: String,
    _lock: Arc<File>,
}

impl Home {
    /// Takes a folder, which is made if it is missing; the first time it gets an id.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it.
    pub fn take(folder: &Path, ids: &dyn Ids) -> Result<Self, StoreError> {
        let path = folder.join("home");
        let failed = |cause| StoreError::File { path: path.clone(), cause };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file =
            File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(folder.to_owned())),
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
        }
        let mut id = String::new();
        file.read_to_string(&mut id).map_err(failed)?;
        // A process that died before it had written all of it left less than an id.
        let whole = id.strip_suffix('\n').filter(|id| !id.is_empty()).map(str::to_owned);
        let id = if let Some(id) = whole {
            id
        } else {
            let id = ids.fresh();
            file.rewind().and_then(|()| file.set_len(0)).map_err(failed)?;
            file.write_all(format!("{id}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            id
        };
        let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Ok(Self { id: HomeId::new(id), machine, _lock: Arc::new(file) })
    }

    /// The machine's name, for people.
    pub fn machine(&self) -> &str {
        &self.machine
    }

    /// What it is called in the database.
    pub fn id(&self) -> &HomeId {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::RandomIds;

    #[test]
    fn a_folder_keeps_its_id_and_has_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let first = Home::take(&folder.path().join("data"), &RandomIds).unwrap();
        let told = Home::take(&folder.path().join("data"), &RandomIds).unwrap_err();
        assert!(matches!(told, StoreError::InUse(_)), "{told}");
        let id = first.id().clone();
        drop(first);
        assert_eq!(*Home::take(&folder.path().join("data"), &RandomIds).unwrap().id(), id);
        std::fs::write(folder.path().join("data/home"), "01ABC").unwrap();
        assert_ne!(Home::take(&folder.path().join("data"), &RandomIds).unwrap().id().as_str(), "01ABC", "half an id");
    }
}
