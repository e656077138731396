//! Where the config comes from. The config file and the environment are read here and nowhere else.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::environment::is_setting;
use super::problem::{Fault, Place, Problem};

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "config.toml";

/// The variable that names the config file.
const FILE_VARIABLE: &str = "CHAMBERLAIN_CONFIG";

/// What the config is made from. It may hold secrets and so cannot be printed.
#[derive(Clone, Default)]
pub struct Sources {
    /// The config file, as it was named, and its text.
    pub file: Option<(PathBuf, String)>,
    /// Environment variables by name; only `CHAMBERLAIN__…` count.
    pub environment: Vec<(String, String)>,
}

impl Sources {
    /// Reads the environment and the config file: the one of `--config`, else of `CHAMBERLAIN_CONFIG`, else
    /// `config.toml` in the working folder if it is there.
    ///
    /// # Errors
    /// A named file cannot be read, or a setting in the environment is no UTF-8; as with [`load`](super::load) all
    /// problems at once.
    pub fn read(path_flag: Option<PathBuf>) -> Result<Self, Vec<Problem>> {
        let variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
        let by_variable = variables.iter().find(|(name, text)| name == FILE_VARIABLE && !text.is_empty());
        let named = path_flag.or_else(|| by_variable.map(|(_, text)| text.into()));
        let (environment, mut problems) = settings(variables);
        let path = named.as_deref().unwrap_or(Path::new(DEFAULT_FILE));
        let file = match std::fs::read_to_string(path) {
            Ok(text) => Some((path.to_owned(), text)),
            Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                problems.push(unreadable(path, &error));
                None
            }
        };
        if problems.is_empty() { Ok(Self { file, environment }) } else { Err(problems) }
    }
}

/// The variables that set something, with their texts, and a problem for each that cannot be read.
fn settings(variables: Vec<(OsString, OsString)>) -> (Vec<(String, String)>, Vec<Problem>) {
    let (mut settings, mut problems) = (Vec::new(), Vec::new());
    let named = variables.into_iter().filter_map(|(name, text)| Some((name.into_string().ok()?, text)));
    for (name, text) in named.filter(|(name, _)| is_setting(name)) {
        match text.into_string() {
            Ok(text) => settings.push((name, text)),
            Err(_) => {
                problems.push(Fault::new("is no UTF-8 text", "Set it again in UTF-8.").all_over(Place::Variable(name)));
            }
        }
    }
    (settings, problems)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let hint = format!("Name the config file by --config or {FILE_VARIABLE}.");
    Fault::new(format!("cannot be read: {error}"), hint).all_over(Place::File(path.to_owned()))
}
