//! Which life of an environment is the newest seen.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::failure::disk;
use super::whole;
use crate::ports::DriverError;

/// The newest generation of each environment, by folder. It outlives the environment: `remove` keeps the file.
#[derive(Default)]
pub(super) struct Generations {
    newest: Mutex<HashMap<PathBuf, i64>>,
}

impl Generations {
    /// Lets work of this generation go on, and remembers a newer one.
    ///
    /// # Errors
    /// `Outdated` when a newer generation was seen.
    pub(super) fn admit(&self, environment: &Path, generation: i64) -> Result<(), DriverError> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let file = environment.join("generation.txt");
        let seen = match newest.get(environment) {
            Some(seen) => Some(*seen),
            None => read(&file).map_err(disk("the environment's generation cannot be read"))?,
        };
        if seen.is_some_and(|seen| seen > generation) {
            return Err(DriverError::Outdated);
        }
        if seen != Some(generation) {
            fs::create_dir_all(environment)
                .and_then(|()| whole::write(&file, generation.to_string().as_bytes()))
                .map_err(disk("the environment's generation cannot be written"))?;
        }
        newest.insert(environment.to_owned(), generation);
        Ok(())
    }
}

fn read(file: &Path) -> io::Result<Option<i64>> {
    match fs::read_to_string(file) {
        Ok(text) => text.trim().parse().map(Some).map_err(io::Error::other),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}
