//! Whether laid-out files are still as they were laid out.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The files as they were when all was ready to run. Files that a component adds beside them are its own business.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest(Vec<Entry>);

/// What tells cheaply that a file was changed: nothing is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    path: String,
    bytes: u64,
    inode: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
}

impl Manifest {
    /// The files of a folder as they are now; a path that is no UTF-8 is not watched.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let mut entries = Vec::new();
        gather(folder, "", &mut entries)?;
        entries.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        Ok(Self(entries))
    }

    /// Stands for a list that was lost: nothing is as it says.
    pub(super) fn lost() -> Self {
        Self(vec![Entry { path: String::new(), bytes: u64::MAX, inode: 0, modified: (0, 0) }])
    }

    /// The same files as they are now: a build may change what was laid out. Those it removed are no longer watched.
    pub(super) fn taken_again(&self, folder: &Path) -> Self {
        Self(self.0.iter().filter_map(|entry| look(folder, &entry.path).ok()).collect())
    }

    /// Whether all are as they were.
    pub(super) fn is_intact(&self, folder: &Path) -> bool {
        self.0.iter().all(|entry| look(folder, &entry.path).is_ok_and(|now| now == *entry))
    }
}

fn gather(folder: &Path, within: &str, entries: &mut Vec<Entry>) -> io::Result<()> {
    for entry in fs::read_dir(folder.join(within))? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if within.is_empty() { name } else { format!("{within}/{name}") };
        if entry.file_type()?.is_dir() {
            gather(folder, &path, entries)?;
        } else {
            entries.push(look(folder, &path)?);
        }
    }
    Ok(())
}

fn look(folder: &Path, path: &str) -> io::Result<Entry> {
    let file = fs::symlink_metadata(folder.join(path))?;
    let modified = (file.mtime(), file.mtime_nsec());
    Ok(Entry { path: path.to_owned(), bytes: file.len(), inode: file.ino(), modified })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_and_an_addition_is_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/main"), "one").unwrap();
        let manifest = Manifest::of(folder.path()).unwrap();
        fs::write(folder.path().join("cache"), "new").unwrap();
        assert!(manifest.is_intact(folder.path()));
        fs::write(folder.path().join("src/main"), "four").unwrap();
        assert!(!manifest.is_intact(folder.path()));
        assert!(manifest.taken_again(folder.path()).is_intact(folder.path()));
        fs::remove_file(folder.path().join("src/main")).unwrap();
        assert!(!manifest.is_intact(folder.path()));
    }
}
