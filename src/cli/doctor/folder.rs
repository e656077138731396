//! Whether the data folder can be written.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::report::Finding;

/// Writes a file there and takes it away again; when the folder is still to be made, where it will be made.
pub(super) fn writable(data_dir: &Path) -> Finding {
    let shown = data_dir.display();
    let found = std::path::absolute(data_dir).and_then(|folder| nearest(&folder));
    match found.and_then(|(folder, is_there)| try_out(&folder).map(|()| is_there)) {
        Ok(true) => Finding::Fine(format!("{shown}/ can be written.")),
        Ok(false) => Finding::Fine(format!("{shown}/ is made at the first start.")),
        Err(cause) => Finding::Problem(format!(
            "{shown}/ cannot be written: {cause}. Let the user that runs Chamberlain write there, or choose another folder as `data_dir`."
        )),
    }
}

/// The folder, or the nearest above it that is there.
fn nearest(folder: &Path) -> io::Result<(std::path::PathBuf, bool)> {
    for above in folder.ancestors() {
        match fs::metadata(above) {
            Ok(_) => return Ok((above.to_owned(), above == folder)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cause),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

fn try_out(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".chamberlain-doctor-{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let written = file.write_all(b"doctor was here\n").and_then(|()| file.sync_all());
    fs::remove_file(&path).and(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_where_it_was_tried() {
        let place = tempfile::tempdir().unwrap();
        assert!(matches!(writable(place.path()), Finding::Fine(text) if text.ends_with("can be written.")));
        let deeper = place.path().join("not/yet/there");
        assert!(matches!(writable(&deeper), Finding::Fine(text) if text.ends_with("is made at the first start.")));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_its_place_is_told() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("data"), "").unwrap();
        for folder in ["data", "data/deeper"] {
            assert!(matches!(writable(&place.path().join(folder)), Finding::Problem(_)), "{folder}");
        }
    }
}
