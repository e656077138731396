//! The hooks' key: made once and kept, so that addresses that git servers were given go on to work.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;

use crate::web::HookKey;

/// Reads the key from the file `hooks` of the data folder; makes it when it is not there yet.
pub fn hook_key(data_dir: &Path) -> anyhow::Result<HookKey> {
    let path = data_dir.join("hooks");
    let kept = match fs::read_to_string(&path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            make(data_dir, &path).with_context(|| format!("cannot write {}", path.display()))?;
            fs::read_to_string(&path)
        }
        read => read,
    };
    let kept = kept.with_context(|| format!("cannot read {}", path.display()))?;
    HookKey::parse(kept.trim()).with_context(|| {
        format!("There is no key in {}. Delete the file: a new one is made, with new addresses.", path.display())
    })
}

/// Written whole before it has its name, and never over another: a server and a command may do this at once.
fn make(data_dir: &Path, path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(data_dir)?;
    let key = HookKey::fresh();
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    remove(&draft)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    writeln!(file, "{}", key.reveal())?;
    file.sync_all()?;
    let named = match fs::hard_link(&draft, path) {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
        named => named,
    };
    remove(&draft)?;
    named
}

fn remove(draft: &Path) -> std::io::Result<()> {
    match fs::remove_file(draft) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_its_file_is_its_owners_alone() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        let first = hook_key(&data).unwrap();
        assert_eq!(hook_key(&data).unwrap().reveal(), first.reveal());
        assert_eq!(fs::metadata(data.join("hooks")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn one_that_another_process_makes_meanwhile_is_kept() {
        let place = tempfile::tempdir().unwrap();
        let first = hook_key(place.path()).unwrap();
        make(place.path(), &place.path().join("hooks")).unwrap();
        assert_eq!(hook_key(place.path()).unwrap().reveal(), first.reveal());
    }

    #[test]
    fn a_file_without_a_key_is_told() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("hooks"), "\n").unwrap();
        let told = hook_key(place.path()).unwrap_err().to_string();
        assert!(told.starts_with("There is no key in ") && told.contains("Delete the file"), "{told}");
    }
}
