//! `[components.<name>]`: the deployable parts of the product.

use std::time::Duration;

use super::choice::no_such;
use super::item::Item;
use super::problem::Fault;
use super::repositories::Repository;
use super::section::Section;
use crate::domain::artifact::BranchName;
use crate::domain::component::{Component, ComponentName, RepositoryName};

const DEFAULT_HEALTH_PATH: &str = "/health";
const DEFAULT_START_LIMIT: Duration = Duration::from_secs(30);
const RUN_HINT: &str = "Write the program and its arguments: [\"./server\", \"--quiet\"].";

/// Reads one component; its repository must be among `repositories`.
pub(super) fn read(name: &str, section: &mut Section<'_>, repositories: &[Repository]) -> Component {
    let repository = section.item("repository").map(|mut item| of_known(&mut item, repositories));
    if repository.is_none() {
        section.miss("repository", "Write the name of one of the `[repositories]`.");
    }
    let repository = repository.flatten();
    let run = section.item("run").map(|mut item| {
        item.must_not_be_empty(RUN_HINT);
        words(&mut item)
    });
    if run.is_none() {
        section.miss("run", RUN_HINT);
    }
    let default_branch = repository.map_or_else(|| BranchName::new(""), |repository| repository.default_branch.clone());
    Component {
        name: ComponentName::new(name),
        repository: repository.map_or_else(|| RepositoryName::new(""), |repository| repository.name.clone()),
        default_branch,
        build: section.item("build").map(|mut item| words(&mut item)).filter(|words| !words.is_empty()),
        run: run.unwrap_or_default(),
        user: section.find("user", user),
        health_path: section.take("health_path", DEFAULT_HEALTH_PATH.to_owned(), health_path),
        start_limit: section.take("start_limit", DEFAULT_START_LIMIT, |text: String| span(&text)),
        variables: section.item("variables").map(|mut item| variables(&mut item)).unwrap_or_default(),
    }
}

fn of_known<'r>(item: &mut Item<'_>, repositories: &'r [Repository]) -> Option<&'r Repository> {
    let name: String = item.wanted()?;
    let found = repositories.iter().find(|repository| repository.name.as_str() == name);
    if found.is_none() {
        let known = repositories.iter().map(|repository| repository.name.as_str());
        item.miss(no_such("no repository", &name, known));
    }
    found
}

fn words(item: &mut Item<'_>) -> Vec<String> {
    item.list(|item| item.parse(Ok::<String, Fault>))
}

fn variables(item: &mut Item<'_>) -> Vec<(String, String)> {
    // Their values may be secrets.
    item.list(|item| item.parse_hidden(|text: String| variable(&text)))
}

/// `NAME=value`; a table would not do, since names of settings have no case.
fn variable(text: &str) -> Result<(String, String), Fault> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    match text.split_once('=') {
        Some((name, value)) if is_name(name) => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Fault::new("no variable", "Write NAME=value, for example \"API_URL={api.url}\".")),
    }
}

fn user(text: String) -> Result<String, Fault> {
    let is_name = !text.is_empty() && !text.starts_with('-') && text.chars().all(|c| c.is_ascii_graphic());
    if is_name { Ok(text) } else { Err(Fault::new("no user", "Write the name of a user of this machine.")) }
}

fn health_path(text: String) -> Result<String, Fault> {
    let is_path = text.starts_with('/') && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_path { Ok(text) } else { Err(Fault::new("no path of an address", "Write for example \"/health\".")) }
}

/// A span of time above zero.
pub(super) fn span(text: &str) -> Result<Duration, Fault> {
    let wrong = || Fault::new("no span of time", "Write for example \"30s\" or \"5m\".");
    humantime::parse_duration(text).ok().filter(|span| !span.is_zero()).ok_or_else(wrong)
}
