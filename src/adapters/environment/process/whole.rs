//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` aside, brings them to the disk and renames them into place.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&aside, path)
}

/// Removes a file; the missing is well.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    missing_is_well(fs::remove_file(path))
}

/// Removes a folder with all that is in it; the missing is well.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    missing_is_well(fs::remove_dir_all(path))
}

fn missing_is_well(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
