//! `[skills]`: where the team's own skills lie.

use std::path::PathBuf;

use super::name::path;
use super::section::Section;

const DEFAULT_FOLDER: &str = "skills";

/// Where the team's own skills lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skills {
    /// Folder of own skills and of changes to the built-in ones; relative to the working folder, need not exist.
    pub dir: PathBuf,
}

impl Skills {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self { dir: section.take("dir", DEFAULT_FOLDER.into(), path) }
    }
}
