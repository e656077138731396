//! Git repositories as a source of artifacts: each is followed by a bare mirror of ours, and only that is read.

mod address;
pub mod check;
mod commit;
mod lay_out;
mod leftovers;
mod mirror;
mod near;
mod refs;
mod why;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;

use self::mirror::Mirror;
use self::refs::Named;
use super::program::Git;
use crate::domain::artifact::{Artifact, Branch, BranchName, Digest};
use crate::domain::component::{ComponentName, RepositoryName};
use crate::ports::{ArtifactSource, SourceError};

/// The fewest letters of a commit id that name one.
const FEWEST: usize = 4;

/// Branches that speak for a commit which several hold, best first.
const MAIN: [&str; 2] = ["main", "master"];

/// What a [`GitSource`] needs to know.
#[derive(Clone, Debug)]
pub struct GitSettings {
    /// A folder of our own for the mirrors; made when it is missing.
    pub mirrors: PathBuf,
    /// The repositories, each with a local path or a URL.
    pub repositories: Vec<(RepositoryName, String)>,
    /// What each component is built from.
    pub components: Vec<(ComponentName, RepositoryName)>,
    /// The longest time for one call of git, so also for the first fetch of a big repository.
    pub limit: Duration,
    /// Where `git` and what it starts are found: the PATH of this process.
    pub path: OsString,
}

/// Artifacts straight from git repositories: every commit on a branch is one.
#[derive(Debug)]
pub struct GitSource {
    mirrors: BTreeMap<RepositoryName, Mirror>,
    components: BTreeMap<ComponentName, RepositoryName>,
}

impl GitSource {
    /// Takes the settings; nothing is read or written before the first question.
    pub fn new(settings: GitSettings) -> Self {
        let home = std::path::absolute(&settings.mirrors).unwrap_or(settings.mirrors);
        let git = Git::new(settings.path, home.clone(), settings.limit);
        let mirror =
            |(name, address): (RepositoryName, String)| (name.clone(), Mirror::new(name, &address, &home, git.clone()));
        Self {
            mirrors: settings.repositories.into_iter().map(mirror).collect(),
            components: settings.components.into_iter().collect(),
        }
    }

    fn mirror(&self, repository: &RepositoryName) -> Result<&Mirror, SourceError> {
        self.mirrors.get(repository).ok_or_else(|| SourceError::Unconfigured(repository.to_string()))
    }

    /// The mirror that a component is built from, looked at once at least.
    async fn mirror_of(&self, component: &ComponentName) -> Result<&Mirror, SourceError> {
        let repository =
            self.components.get(component).ok_or_else(|| SourceError::Unconfigured(component.to_string()))?;
        let mirror = self.mirror(repository)?;
        mirror.ensure_looked().await?;
        Ok(mirror)
    }
}

#[async_trait]
impl ArtifactSource for GitSource {
    async fn look(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        let mirror = self.mirror(repository)?;
        mirror.look().await?;
        branches(mirror).await
    }

    async fn branches(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        let mirror = self.mirror(repository)?;
        mirror.ensure_looked().await?;
        branches(mirror).await
    }

    async fn newest(&self, component: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError> {
        let mirror = self.mirror_of(component).await?;
        let head = head(mirror, branch).await?;
        commit::artifact(mirror, component, branch.as_str(), head).await
    }

    async fn recent(
        &self,
        component: &ComponentName,
        branch: &BranchName,
        most: usize,
    ) -> Result<Vec<Artifact>, SourceError> {
        let mirror = self.mirror_of(component).await?;
        let head = head(mirror, branch).await?;
        commit::artifacts(mirror, component, (branch.as_str(), &head), most).await
    }

    async fn named(&self, component: &ComponentName, name: &str) -> Result<Artifact, SourceError> {
        let mirror = self.mirror_of(component).await?;
        let tagged = refs::tags(mirror).await?.into_iter().find(|tag| tag.name == name);
        let candidates = match tagged {
            Some(tag) => vec![tag.commit],
            None => beginning(mirror, name).await?,
        };
        let mut held = Vec::new();
        for commit in candidates {
            let branches = refs::holding(mirror, &commit).await?;
            held.extend(speaker(&branches, &commit).map(|branch| (branch.to_owned(), commit)));
        }
        match held.pop() {
            Some((branch, commit)) if held.is_empty() => commit::artifact(mirror, component, &branch, commit).await,
            _ => Err(SourceError::NoArtifact(name.to_owned())),
        }
    }

    async fn lay_out(&self, component: &ComponentName, digest: &Digest, folder: &Path) -> Result<(), SourceError> {
        let mirror = self.mirror_of(component).await?;
        lay_out::lay_out(mirror, digest, folder).await
    }
}

/// The newest commit of a branch.
async fn head(mirror: &Mirror, branch: &BranchName) -> Result<Digest, SourceError> {
    let branches = branches(mirror).await?;
    let found = branches.iter().find(|found| found.name == *branch).map(|found| found.head.clone());
    found.ok_or_else(|| SourceError::NoBranch {
        branch: branch.to_string(),
        near: near::near(branch.as_str(), &branches),
    })
}

async fn branches(mirror: &Mirror) -> Result<Vec<Branch>, SourceError> {
    let found = refs::branches(mirror).await?;
    Ok(found.into_iter().map(|Named { name, commit }| Branch { name: BranchName::new(name), head: commit }).collect())
}

/// The objects whose ids begin with what a person typed, if that can be the beginning of an id.
async fn beginning(mirror: &Mirror, typed: &str) -> Result<Vec<Digest>, SourceError> {
    let letters = typed.to_ascii_lowercase();
    if !(FEWEST..=64).contains(&letters.len()) || !refs::is_hex(&letters) {
        return Ok(Vec::new());
    }
    refs::beginning(mirror, &letters).await
}

/// The branch that a commit is shown on: the one it is the newest of, else the main one, else the first.
fn speaker<'b>(branches: &'b [Named], commit: &Digest) -> Option<&'b str> {
    let newest_of = branches.iter().find(|branch| branch.commit == *commit);
    let main = || MAIN.iter().find_map(|name| branches.iter().find(|branch| branch.name == *name));
    newest_of.or_else(main).or(branches.first()).map(|branch| branch.name.as_str())
}
