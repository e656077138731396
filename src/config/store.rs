//! `[store]`: where the state lives and how surely a write is kept.

use std::path::Path;

use super::choice::one_of;
use super::section::Section;
use super::store_url::StoreUrl;

/// Where the state lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// The database.
    pub url: StoreUrl,
    /// How surely a write is kept. `SQLite` only; `PostgreSQL` has a setting of its own.
    pub synchronous: Synchronous,
}

/// How surely `SQLite` keeps what it has confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// Survives a power cut.
    Full,
    /// Survives a killed process, not a power cut; writes are faster.
    Normal,
}

impl Store {
    pub(super) fn read(section: &mut Section<'_>, data_dir: &Path) -> Self {
        let url = section.secret("url", StoreUrl::is_harmless, |text| StoreUrl::parse(text, data_dir));
        let synchronous = one_of([("full", Synchronous::Full), ("normal", Synchronous::Normal)]);
        Self {
            url: url.unwrap_or_else(|| StoreUrl::in_folder(data_dir)),
            synchronous: section.take("synchronous", Synchronous::Full, synchronous),
        }
    }
}
