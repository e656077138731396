//! The files of skill folders: those built into the program, with a folder on disk laid over them.

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/skills");

/// File names and texts of each skill folder, by the folder's name.
pub(super) type Folders = BTreeMap<String, BTreeMap<String, String>>;

/// The built-in folders.
pub(super) fn built_in() -> Folders {
    let texts = |folder: &Dir<'static>| {
        let files = folder.files().filter_map(|file| Some((name(file.path())?, file.contents_utf8()?.to_owned())));
        files.collect()
    };
    BUILT_IN.dirs().filter_map(|folder| Some((name(folder.path())?, texts(folder)))).collect()
}

/// Lays the folders of `path` over `folders`, file by file. A `path` that is not there changes nothing.
///
/// # Errors
/// What cannot be read, and why.
pub(super) fn lay_over(folders: &mut Folders, path: &Path) -> Result<(), String> {
    let told = |path: &Path, cause: std::io::Error| format!("{}: {cause}", path.display());
    let entries = match std::fs::read_dir(path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|cause| told(path, cause))?,
    };
    for entry in entries {
        let folder = entry.map_err(|cause| told(path, cause))?.path();
        let Some(skill) = name(&folder).filter(|_| folder.is_dir()) else { continue };
        for entry in std::fs::read_dir(&folder).map_err(|cause| told(&folder, cause))? {
            let file = entry.map_err(|cause| told(&folder, cause))?.path();
            let is_ours = file.extension().is_some_and(|ending| ending == "hbs" || ending == "toml");
            let Some(name) = name(&file).filter(|_| is_ours) else { continue };
            let text = std::fs::read_to_string(&file).map_err(|cause| told(&file, cause))?;
            folders.entry(skill.clone()).or_default().insert(name, text);
        }
    }
    Ok(())
}

fn name(path: &Path) -> Option<String> {
    path.file_name()?.to_str().map(str::to_owned)
}
