//! A source of artifacts that tests write by hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::domain::artifact::{Artifact, Branch, BranchName, Digest};
use chamberlain::domain::component::{ComponentName, RepositoryName};
use chamberlain::ports::{ArtifactSource, SourceError};

/// Repositories with their branches; a component has its repository's name.
pub struct FakeSource {
    branches: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

impl Default for FakeSource {
    /// `api` and `web`, each with `main`, `web` with `feature/pay` too.
    fn default() -> Self {
        let source = Self { branches: Mutex::default() };
        source.commit("api", "main", "a1");
        source.commit("web", "main", "w1");
        source.commit("web", "feature/pay", "p1");
        source
    }
}

impl FakeSource {
    /// A new commit on a branch.
    pub fn commit(&self, repository: &str, branch: &str, commit: &str) {
        self.state().entry(repository.into()).or_default().insert(branch.into(), commit.into());
    }

    /// The repository is gone.
    pub fn lose(&self, repository: &str) {
        self.state().remove(repository);
    }

    fn state(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<String, String>>> {
        self.branches.lock().unwrap()
    }

    fn of(&self, repository: &str) -> Result<BTreeMap<String, String>, SourceError> {
        self.state().get(repository).cloned().ok_or_else(|| SourceError::Unreadable {
            repository: RepositoryName::new(repository),
            why: "it is not there".into(),
        })
    }
}

fn artifact(component: &ComponentName, branch: &str, commit: &str) -> Artifact {
    Artifact {
        component: component.clone(),
        branch: BranchName::new(branch),
        digest: Digest::new(commit),
        label: commit.into(),
        subject: format!("work of {commit}"),
        made_at: Timestamp::ZERO,
    }
}

#[async_trait]
impl ArtifactSource for FakeSource {
    async fn look(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        self.branches(repository).await
    }

    async fn branches(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        let branches = self.of(repository.as_str())?;
        let branch = |(name, head): (String, String)| Branch { name: BranchName::new(name), head: Digest::new(head) };
        Ok(branches.into_iter().map(branch).collect())
    }

    async fn newest(&self, component: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError> {
        let branches = self.of(component.as_str())?;
        match branches.get(branch.as_str()) {
            Some(commit) => Ok(artifact(component, branch.as_str(), commit)),
            None => Err(SourceError::NoBranch {
                branch: branch.to_string(),
                near: branches.keys().filter(|name| name.contains(branch.as_str())).cloned().collect(),
            }),
        }
    }

    async fn named(&self, component: &ComponentName, name: &str) -> Result<Artifact, SourceError> {
        let branches = self.of(component.as_str())?;
        let found = branches.iter().find(|(_, commit)| *commit == name);
        found
            .map(|(branch, commit)| artifact(component, branch, commit))
            .ok_or_else(|| SourceError::NoArtifact(name.into()))
    }

    async fn lay_out(&self, _: &ComponentName, _: &Digest, _: &Path) -> Result<(), SourceError> {
        Ok(())
    }
}
