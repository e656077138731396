//! What a killed git leaves in a repository. Only for whoever alone writes to it.

use std::io;
use std::path::Path;

use tokio::fs;

/// Removes locks that nobody holds any more. No name of git's may end in `.lock`.
pub(super) async fn remove_locks(repository: &Path) -> io::Result<()> {
    let mut folders = vec![repository.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries = fs::read_dir(folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            let path = entry.path();
            if entry.file_type().await?.is_dir() {
                folders.extend((entry.file_name() != "objects").then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "lock") {
                fs::remove_file(path).await?;
            }
        }
    }
    Ok(())
}

/// Removes packs that were not fetched to their end: each try of a repository too big for the time limit leaves one.
pub(super) async fn remove_half_packs(repository: &Path) -> io::Result<()> {
    let mut entries = match fs::read_dir(repository.join("objects/pack")).await {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    while let Some(entry) = entries.next_entry().await? {
        if entry.file_name().to_string_lossy().starts_with("tmp_") {
            fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}
