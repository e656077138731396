//! What can be asked of git without changing anything: its version, and whether a repository answers. Safe beside a
//! Chamberlain at work, which a look would not be: that writes to the mirrors.

use super::{GitSettings, GitSource};
use crate::adapters::artifact::program::Git;
use crate::domain::component::RepositoryName;
use crate::ports::SourceError;

/// The oldest git that keeps to the config file it is given (`GIT_CONFIG_GLOBAL`).
pub const OLDEST: (u32, u32) = (2, 32);

/// The version of git as it tells it itself, with its first two numbers. The folder of the mirrors must exist.
///
/// # Errors
/// Why it cannot be asked, for people.
pub async fn version(settings: &GitSettings) -> Result<(String, (u32, u32)), String> {
    let git = Git::new(settings.path.clone(), settings.mirrors.clone(), settings.limit);
    let told = git.call(["--version"]).run().await.map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&told);
    let version = told.split_whitespace().nth(2).unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(first), Some(second)) => Ok((version.to_owned(), (first, second))),
        _ => Err("the program `git` tells no version; is it git?".to_owned()),
    }
}

impl GitSource {
    /// Asks the repository itself, and gives how many branches it has. Fetches nothing.
    pub async fn reach(&self, repository: &RepositoryName) -> Result<usize, SourceError> {
        let listed = self.mirror(repository)?.list().await?;
        Ok(String::from_utf8_lossy(&listed).lines().count())
    }
}
