//! `[repositories.<name>]`: where components are built from.

use super::problem::Fault;
use super::section::Section;
use crate::domain::artifact::BranchName;
use crate::domain::component::RepositoryName;

const DEFAULT_BRANCH: &str = "main";

/// Where components are built from. Whoever may push to a branch that is deployed runs code here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// How components name it.
    pub name: RepositoryName,
    /// A folder of this machine, or an address that git can fetch from.
    pub url: String,
    /// The branch that its components run until somebody chooses another.
    pub default_branch: BranchName,
}

impl Repository {
    pub(super) fn read(name: &str, section: &mut Section<'_>) -> Self {
        let url = section.item("url").map(|mut item| item.parse(url));
        if url.is_none() {
            section.miss("url", "Write the folder or the address of the repository.");
        }
        Self {
            name: RepositoryName::new(name),
            url: url.flatten().unwrap_or_default(),
            default_branch: BranchName::new(section.take("default_branch", DEFAULT_BRANCH.to_owned(), branch)),
        }
    }
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
