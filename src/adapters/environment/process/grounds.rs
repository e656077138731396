//! The folder that all environments lie in, held by one driver at a time.
//!
//! `<environment>/<component>/` holds laid-out files, records and logs. Our own files have a dot in their names, which
//! no environment and no component has: both are parts of a host name.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::failure::failed;
use super::key::Key;
use super::whole;
use crate::domain::component::ComponentName;
use crate::domain::spec::{EnvironmentName, SpecHash};
use crate::ports::DriverError;

/// Why the driver cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made, read or written.
    #[error("the environments' folder {} cannot be used", .folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// Another driver has it open.
    #[error("the environments' folder {} is held by another process", .0.display())]
    Held(PathBuf),
    /// No HTTP client can be made for the health checks.
    #[error("no client for health checks can be made")]
    Client(#[source] reqwest::Error),
    /// What the last driver left could not be put in order.
    #[error("what ran before could not be put in order")]
    Leftovers(#[source] DriverError),
}

/// The folder, held.
pub(super) struct Grounds {
    root: PathBuf,
    id: String,
    _held: File,
}

impl Grounds {
    /// Makes the folder if need be, and holds it.
    pub(super) fn open(folder: &Path) -> Result<Self, OpenError> {
        let unusable = |cause| OpenError::Folder { folder: folder.to_owned(), cause };
        fs::create_dir_all(folder).map_err(unusable)?;
        // Components get full paths: their working folder is another.
        let root = fs::canonicalize(folder).map_err(unusable)?;
        let held = File::create(root.join("lock.txt")).map_err(unusable)?;
        match held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Held(root)),
            Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        let id = own_id(&root.join("id.txt")).map_err(unusable)?;
        Ok(Self { root, id, _held: held })
    }

    /// The folder of an environment, there or not.
    pub(super) fn environment(&self, environment: &EnvironmentName) -> Result<PathBuf, DriverError> {
        Ok(self.root.join(fit(environment.as_str())?))
    }

    /// The folder of a component, there or not.
    pub(super) fn component(&self, key: &Key) -> Result<PathBuf, DriverError> {
        Ok(self.environment(&key.environment)?.join(fit(key.component.as_str())?))
    }

    /// The mark that one start of a component carries in its environment; no other process on this machine has it.
    pub(super) fn instance(&self, key: &Key, hash: &SpecHash, number: u64) -> String {
        format!("{key}/{hash}.{number}@{}", self.id)
    }

    /// Tells the marks of all starts and builds of a component.
    pub(super) fn marks_of(&self, key: &Key) -> impl Fn(&str) -> bool + Clone + Send + 'static {
        let (begin, end) = (format!("{key}/"), format!("@{}", self.id));
        move |mark| mark.starts_with(&begin) && mark.ends_with(&end)
    }

    /// Whether a mark is of this folder: another Chamberlain's processes are none of our business.
    pub(super) fn is_ours(&self, instance: &str) -> bool {
        instance.rsplit_once('@').is_some_and(|(_, id)| id == self.id)
    }

    /// All components that have a folder.
    pub(super) fn all(&self) -> io::Result<Vec<Key>> {
        let mut keys = Vec::new();
        for environment in folders_in(&self.root)? {
            keys.extend(self.of(&EnvironmentName::new(environment))?);
        }
        Ok(keys)
    }

    /// The components of one environment that have a folder; none when it was never seen.
    pub(super) fn of(&self, environment: &EnvironmentName) -> io::Result<Vec<Key>> {
        let names = folders_in(&self.root.join(environment.as_str()))?;
        Ok(names.into_iter().map(|name| Key::new(environment, &ComponentName::new(name))).collect())
    }
}

/// A name that may be a folder's: nothing that leads elsewhere or meets our own files, which have dots.
pub(super) fn fit(name: &str) -> Result<&str, DriverError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if name.is_empty() || name.len() > 100 || !name.chars().all(fits) {
        return Err(failed(
            "lay out",
            format!("`{name}` cannot be a folder's name: letters, digits, `-` and `_` only"),
        ));
    }
    Ok(name)
}

fn folders_in(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() && fit(&name).is_ok() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Read, or made up once and kept.
fn own_id(file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Ok(id) if !id.is_empty() => Ok(id),
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => {
            let id = format!("{:032x}", rand::random::<u128>());
            whole::write(file, id.as_bytes())?;
            Ok(id)
        }
    }
}
