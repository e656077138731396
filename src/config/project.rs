//! `[project]`: what the iterations belong to.

use super::name::name;
use super::section::Section;

const DEFAULT_NAME: &str = "product";

/// What the iterations belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its name, as roles and bindings use it.
    pub name: String,
}

impl Project {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self { name: section.take("name", DEFAULT_NAME.to_owned(), name) }
    }
}
