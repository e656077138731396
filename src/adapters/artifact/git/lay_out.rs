//! The files of a commit, laid out in a folder whole or not at all.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;

use super::mirror::Mirror;
use super::refs::is_full_id;
use crate::adapters::artifact::program::GitError;
use crate::domain::artifact::Digest;
use crate::ports::SourceError;

/// What the disk is asked to do, in its complaints.
const DOING: &str = "laying its files out";

/// Lays the commit's files out in `folder`; there is nothing to do when it exists. Submodules become empty folders, and
/// symbolic links are laid out as they are.
pub(super) async fn lay_out(mirror: &Mirror, commit: &Digest, folder: &Path) -> Result<(), SourceError> {
    let disk = |cause| mirror.disk(DOING, &cause);
    let folder = std::path::absolute(folder).map_err(disk)?;
    let _one = mirror.laying.lock().await;
    if fs::try_exists(&folder).await.map_err(disk)? {
        return Ok(());
    }
    if !has(mirror, commit).await? {
        // Another process on this database may have seen it first.
        mirror.look().await?;
    }
    if !has(mirror, commit).await? {
        return Err(SourceError::NoArtifact(commit.to_string()));
    }
    let draft = draft(mirror, commit, &folder);
    let files = draft.join("files");
    empty(&draft).await.map_err(disk)?;
    fs::create_dir_all(&files).await.map_err(disk)?;
    let laid = check_out(mirror, commit, &draft, &files).await.map_err(|error| mirror.copy_damaged(&error));
    let moved = match laid {
        Ok(()) => fs::rename(&files, &folder).await.map_err(disk),
        Err(error) => Err(error),
    };
    let emptied = empty(&draft).await.map_err(disk);
    moved.and(emptied)
}

/// Where the files lie until they are whole: always the same place, so that what a crash leaves is cleared next time.
fn draft(mirror: &Mirror, commit: &Digest, folder: &Path) -> PathBuf {
    folder.with_file_name(format!(".draft-{}-{commit}", mirror.file_name()))
}

async fn has(mirror: &Mirror, commit: &Digest) -> Result<bool, SourceError> {
    if !is_full_id(commit.as_str()) {
        return Ok(false);
    }
    let asked = mirror.try_read(["cat-file", "-e", &format!("{commit}^{{commit}}")]).await?;
    Ok(asked.is_some())
}

/// Fills `files` by way of an index of its own, so that the mirror is only read.
async fn check_out(mirror: &Mirror, commit: &Digest, draft: &Path, files: &Path) -> Result<(), GitError> {
    let index = draft.join("index");
    let read_tree = mirror.call([OsStr::new("read-tree"), OsStr::new(commit.as_str())]);
    read_tree.variable("GIT_INDEX_FILE", &index).run().await?;
    let work_tree = [OsString::from("--work-tree"), files.as_os_str().to_owned()];
    let check_out = ["checkout-index", "--all", "--quiet"].map(OsString::from);
    let call = mirror.call(work_tree.into_iter().chain(check_out));
    call.variable("GIT_INDEX_FILE", &index).within(files).run().await.map(drop)
}

async fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder).await {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
