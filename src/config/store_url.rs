//! The address of a database.

use std::path::{Path, PathBuf};

use reqwest::Url;

use super::problem::Fault;
use super::secret::Secret;

/// The file in the data folder that plain `sqlite` means.
const DATABASE_FILE: &str = "chamberlain.db";

const FORMS: &str = "Write \"sqlite\", \"sqlite:some/file.db\" or \"postgres://user@host/database\".";

/// Which database keeps the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// A file of our own; relative to the working folder.
    Sqlite(PathBuf),
    /// A `PostgreSQL` server, by its whole `postgres://` address.
    Postgres(Secret),
}

impl StoreUrl {
    /// The database that is used unless another is named.
    pub(super) fn in_folder(data_dir: &Path) -> Self {
        Self::Sqlite(data_dir.join(DATABASE_FILE))
    }

    pub(super) fn parse(text: &str, data_dir: &Path) -> Result<Self, Fault> {
        if text == "sqlite" {
            return Ok(Self::in_folder(data_dir));
        }
        match text.strip_prefix("sqlite:") {
            Some(path) => sqlite(path.strip_prefix("//").unwrap_or(path)),
            None if postgres(text).is_some() => Ok(Self::Postgres(Secret::new(text))),
            None => Err(Fault::new("the address of no database I know", FORMS)),
        }
    }

    /// Whether the address may stand in a file that many read.
    pub(super) fn is_harmless(text: &str) -> bool {
        postgres(text).is_none_or(|url| url.password().is_none() && url.query_pairs().all(|(key, _)| key != "password"))
    }
}

impl std::fmt::Display for StoreUrl {
    /// For people: the file, or that it is `PostgreSQL`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(out, "SQLite in {}", path.display()),
            Self::Postgres(_) => out.write_str("PostgreSQL"),
        }
    }
}

fn sqlite(path: &str) -> Result<StoreUrl, Fault> {
    if path.is_empty() || path.contains([':', '?']) {
        // `:memory:` would forget everything at each start, and options behind `?` are ours to choose.
        return Err(Fault::new("no path of a file behind `sqlite:`", FORMS));
    }
    Ok(StoreUrl::Sqlite(path.into()))
}

fn postgres(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"))
}
