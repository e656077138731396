//! The output of components and builds, on disk and as it was written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Above this a start sets the log aside.
const FULL: u64 = 1024 * 1024;

/// At most this much is read from the end of a log: lines may be long.
const READ: u64 = 256 * 1024;

/// The end of a log.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Which log.
    pub(super) path: PathBuf,
    /// The byte it begins at.
    pub(super) from: u64,
}

impl Part {
    /// Its lines, oldest first; of a long one the end.
    pub(super) fn lines(&self) -> io::Result<Vec<String>> {
        lines_since(&self.path, self.from, usize::MAX)
    }
}

/// Opens a log for writing at its end, and says where that is. A full one is set aside first; two such are kept.
pub(super) fn open(path: &Path) -> io::Result<(File, u64)> {
    if fs::metadata(path).is_ok_and(|log| log.len() > FULL) {
        if aside(path, 1).exists() {
            fs::rename(aside(path, 1), aside(path, 2))?;
        }
        fs::rename(path, aside(path, 1))?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let end = file.metadata()?.len();
    Ok((file, end))
}

/// The last lines of a log, oldest first, also from what was set aside; none when there is no log.
pub(super) fn last_lines(path: &Path, lines: usize) -> io::Result<Vec<String>> {
    let mut last = Vec::new();
    for part in [path.to_owned(), aside(path, 1), aside(path, 2)] {
        if last.len() >= lines {
            break;
        }
        let mut earlier = lines_since(&part, 0, lines - last.len())?;
        earlier.append(&mut last);
        last = earlier;
    }
    Ok(last)
}

/// The last lines behind the byte `from`.
pub(super) fn lines_since(path: &Path, from: u64, lines: usize) -> io::Result<Vec<String>> {
    let mut file = match File::open(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let end = file.metadata()?.len();
    let begin = from.max(end.saturating_sub(READ));
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.take(READ).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    // The first one may be the rest of a line that begins before what was read.
    let whole = usize::from(begin > from && all.len() > 1);
    let skipped = whole.max(all.len().saturating_sub(lines));
    Ok(all.into_iter().skip(skipped).map(str::to_owned).collect())
}

/// All logs of a folder with the newest first, without what was set aside.
pub(super) fn newest_first(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut logs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|end| end == "log") && entry.file_name().as_encoded_bytes().starts_with(b"run-")
        {
            logs.push((entry.metadata()?.modified()?, path));
        }
    }
    logs.sort_unstable_by(|one, other| other.cmp(one));
    Ok(logs.into_iter().map(|(_, path)| path).collect())
}

/// Removes a log and what was set aside of it.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    [path.to_owned(), aside(path, 1), aside(path, 2)].iter().try_for_each(|part| super::whole::remove(part))
}

fn aside(path: &Path, number: u8) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_from_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("run-1.log");
        fs::write(&log, b"one\ntwo\nthree \xff\n").unwrap();
        assert_eq!(last_lines(&log, 2).unwrap(), ["two", "three \u{fffd}"]);
        assert_eq!(lines_since(&log, 4, 9).unwrap().len(), 2);
        assert!(last_lines(&folder.path().join("none.log"), 5).unwrap().is_empty());
    }

    #[test]
    fn a_full_log_is_set_aside_and_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("run-1.log");
        for round in 0..4 {
            fs::write(&log, format!("{}\nround {round}\n", "x".repeat(1024 * 1024 + 1))).unwrap();
            assert_eq!(open(&log).unwrap().1, 0);
        }
        fs::write(&log, "now\n").unwrap();
        assert_eq!(last_lines(&log, 2).unwrap(), ["round 3", "now"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        assert_eq!(newest_first(folder.path()).unwrap(), std::slice::from_ref(&log));
        remove(&log).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
