//! `[repositories.<name>]`: where components are built from.

use std::time::Duration;

use super::components::span;
use super::problem::Fault;
use super::section::Section;
use crate::domain::artifact::BranchName;
use crate::domain::component::RepositoryName;

const DEFAULT_BRANCH: &str = "main";
/// A folder of this machine may be looked at often, a server of other people's not.
const LOCAL_POLL: Duration = Duration::from_secs(5);
const REMOTE_POLL: Duration = Duration::from_mins(1);

/// Where components are built from. Whoever may push to a branch that is deployed runs code here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// How components name it.
    pub name: RepositoryName,
    /// A folder of this machine, or an address that git can fetch from.
    pub url: String,
    /// Other names that people call it by.
    pub aliases: Vec<String>,
    /// How often it is looked at.
    pub poll: Duration,
    /// The branch that its components run until somebody chooses another.
    pub default_branch: BranchName,
}

impl Repository {
    pub(super) fn read(name: &str, section: &mut Section<'_>) -> Self {
        // It may hold a password.
        let url = section.item("url").map(|mut item| item.parse_hidden(url));
        if url.is_none() {
            section.miss("url", "Write the folder or the address of the repository.");
        }
        let url = url.flatten().unwrap_or_default();
        let usual = if is_remote(&url) { REMOTE_POLL } else { LOCAL_POLL };
        Self {
            name: RepositoryName::new(name),
            aliases: section.item("aliases").map(|mut item| item.list(|item| item.parse(alias))).unwrap_or_default(),
            poll: section.take("poll", usual, |text: String| span(&text)),
            url,
            default_branch: BranchName::new(section.take("default_branch", DEFAULT_BRANCH.to_owned(), branch)),
        }
    }
}

/// An address that is asked over a network.
fn is_remote(url: &str) -> bool {
    let is_scp = || url.split_once(':').is_some_and(|(host, _)| !host.contains('/'));
    url.split_once("://").map_or_else(is_scp, |(scheme, _)| scheme != "file")
}

fn alias(name: String) -> Result<String, Fault> {
    let is_good = !name.is_empty() && !name.starts_with('-') && !name.contains(char::is_whitespace);
    if is_good { Ok(name) } else { Err(Fault::new("no name", "Write names without blanks, for example [\"shop\"].")) }
}

fn url(text: String) -> Result<String, Fault> {
    let is_good = !text.trim().is_empty() && !text.starts_with('-') && !text.chars().any(char::is_control);
    if is_good {
        Ok(text)
    } else {
        Err(Fault::new("no repository", "Write a folder or an address that git can fetch."))
    }
}

fn branch(text: String) -> Result<String, Fault> {
    let is_good = !text.trim().is_empty() && !text.starts_with('-') && !text.contains(char::is_whitespace);
    if is_good { Ok(text) } else { Err(Fault::new("no branch", "Write the name of a branch, for example \"main\".")) }
}
