//! One thing wrong with the config, told so that it can be mended.

use std::fmt;
use std::path::PathBuf;

use super::key_path::KeyPath;

/// Where a setting was written. Ordered as an operator would go through them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Written nowhere: a default, or a sample of the dev profile.
    BuiltIn,
    /// A config file as a whole, for instance one that cannot be read.
    File(PathBuf),
    /// A spot in a config file.
    Spot {
        /// The file, as it was named.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
    },
    /// An environment variable, by its name.
    Variable(String),
}

impl Place {
    /// The line of the config file, if this is one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Spot { line, .. } => Some(*line),
            Self::BuiltIn | Self::File(_) | Self::Variable(_) => None,
        }
    }

    /// Given by the environment, which beats the file.
    pub fn is_variable(&self) -> bool {
        matches!(self, Self::Variable(_))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => out.write_str("built-in settings"),
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Spot { path, line, column } => write!(out, "{}:{line}:{column}", path.display()),
            Self::Variable(name) => out.write_str(name),
        }
    }
}

/// How much of a wrong value is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The value does not matter: the key itself is wrong, or the kind of the value.
    Nothing,
    /// The value may be a secret.
    Hidden,
    /// The value as written, cut when long.
    Value(String),
}

/// One thing wrong with the config. `Display` is exactly what the operator reads, on one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}{reason}. {hint}", subject(.key, .shown))]
pub struct Problem {
    /// Where to mend it.
    pub place: Place,
    /// The setting, for example `server.listen`; empty when no single setting is meant.
    pub key: String,
    /// The value that was found.
    pub shown: Shown,
    /// What is wrong, as the middle of a sentence.
    pub reason: String,
    /// What would be right, as a sentence.
    pub hint: String,
}

fn subject(key: &str, shown: &Shown) -> String {
    match shown {
        _ if key.is_empty() => String::new(),
        Shown::Nothing => format!("`{key}` "),
        Shown::Hidden => format!("`{key}` (not shown): "),
        Shown::Value(value) => format!("`{key}` is {value}: "),
    }
}

/// Why a value will not do; the reader adds where it stands and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) reason: String,
    pub(super) hint: String,
}

impl Fault {
    pub(super) fn new(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { reason: reason.into(), hint: hint.into() }
    }

    /// The problem that the setting `key`, written at `place`, has this fault.
    pub(super) fn at(self, place: Place, key: &KeyPath, shown: Shown) -> Problem {
        Problem { place, key: key.to_string(), shown, reason: self.reason, hint: self.hint }
    }

    /// The problem that what is written at `place` has this fault, whichever settings it holds.
    pub(super) fn all_over(self, place: Place) -> Problem {
        self.at(place, &KeyPath::default(), Shown::Nothing)
    }
}
