//! The config as the operator meets it: texts in, a config or problems out.

mod problems;
mod secrets;
mod shipped;
mod values;

use std::path::PathBuf;

use super::{Config, Sources, load};

/// What a file and variables say.
fn sources(text: &str, variables: &[(&str, &str)]) -> Sources {
    Sources {
        file: Some((PathBuf::from("config.toml"), text.to_owned())),
        environment: variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
    }
}

/// The config of a file without mistakes.
fn config(text: &str) -> Config {
    load(sources(text, &[])).unwrap()
}

/// What is told about a file, each problem as it reads.
fn told(text: &str) -> Vec<String> {
    told_with(text, &[])
}

/// What is told about a file and variables.
fn told_with(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let problems = load(sources(text, variables)).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}
