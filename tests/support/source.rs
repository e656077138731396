//! A source of artifacts that tests write by hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::domain::artifact::{Artifact, Branch, BranchName, Digest};
use chamberlain::domain::component::{ComponentName, RepositoryName};
use chamberlain::ports::{ArtifactSource, SourceError};

/// Repositories with their branches; a component has its repository's name unless it is told otherwise.
pub struct FakeSource {
    branches: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
    gives: Mutex<BTreeMap<String, String>>,
    /// All commits ever, oldest first, by repository and branch.
    history: Mutex<BTreeMap<(String, String), Vec<String>>>,
}

impl Default for FakeSource {
    /// `api` and `web`, each with `main`, `web` with `feature/pay` too.
    fn default() -> Self {
        let source = Self { branches: Mutex::default(), gives: Mutex::default(), history: Mutex::default() };
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
        let place = (repository.to_owned(), branch.to_owned());
        self.history.lock().unwrap().entry(place).or_default().push(commit.into());
    }

    /// A branch is removed.
    pub fn remove_branch(&self, repository: &str, branch: &str) {
        self.state().get_mut(repository).unwrap().remove(branch).unwrap();
    }

    /// A component is built from a repository of another name.
    pub fn gives(&self, repository: &str, component: &str) {
        self.gives.lock().unwrap().insert(component.into(), repository.into());
    }

    /// The repository is gone.
    pub fn lose(&self, repository: &str) {
        self.state().remove(repository);
    }

    fn state(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<String, String>>> {
        self.branches.lock().unwrap()
    }

    /// Every commit of a component's repository with its branch, oldest first.
    fn history_of(&self, component: &ComponentName) -> Vec<(String, String)> {
        let gives = self.gives.lock().unwrap();
        let repository = gives.get(component.as_str()).map_or(component.as_str(), String::as_str);
        let history = self.history.lock().unwrap();
        let of_repository = history.iter().filter(|((own, _), _)| own == repository);
        let with_branch = |((_, branch), commits): (&(String, String), &Vec<String>)| {
            commits.iter().map(|commit| (branch.clone(), commit.clone())).collect::<Vec<_>>()
        };
        of_repository.flat_map(with_branch).collect()
    }

    fn of(&self, repository: &str) -> Result<BTreeMap<String, String>, SourceError> {
        self.state().get(repository).cloned().ok_or_else(|| SourceError::Unreadable {
            repository: RepositoryName::new(repository),
            why: "it is not there".into(),
        })
    }

    fn of_component(&self, component: &ComponentName) -> Result<BTreeMap<String, String>, SourceError> {
        let repository = self.gives.lock().unwrap().get(component.as_str()).cloned();
        self.of(repository.as_deref().unwrap_or(component.as_str()))
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
        let branches = self.of_component(component)?;
        match branches.get(branch.as_str()) {
            Some(commit) => Ok(artifact(component, branch.as_str(), commit)),
            None => Err(SourceError::NoBranch {
                branch: branch.to_string(),
                near: branches.keys().filter(|name| name.contains(branch.as_str())).cloned().collect(),
            }),
        }
    }

    async fn recent(
        &self,
        component: &ComponentName,
        branch: &BranchName,
        most: usize,
    ) -> Result<Vec<Artifact>, SourceError> {
        self.newest(component, branch).await?;
        let known = self.history_of(component);
        let of_branch = known.iter().rev().filter(|(own, _)| own == branch.as_str());
        Ok(of_branch.map(|(own, commit)| artifact(component, own, commit)).take(most).collect())
    }

    async fn named(&self, component: &ComponentName, name: &str) -> Result<Artifact, SourceError> {
        self.of_component(component)?;
        let found = self.history_of(component).into_iter().find(|(_, commit)| commit == name);
        found
            .map(|(branch, commit)| artifact(component, &branch, &commit))
            .ok_or_else(|| SourceError::NoArtifact(name.into()))
    }

    async fn lay_out(&self, _: &ComponentName, _: &Digest, _: &Path) -> Result<(), SourceError> {
        Ok(())
    }
}
