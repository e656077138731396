//! From what people type to versions: components, branches, and what there is of them.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;

use super::Study;
use crate::command::nearest;
use crate::domain::Refusal;
use crate::domain::artifact::{Artifact, BranchName};
use crate::domain::component::{Component, ComponentName, RepositoryName};
use crate::domain::environment::{Follows, Selection};
use crate::ports::SourceError;

/// How long a person waits for a look at a repository. Stewards look at all of them, and go on.
const LONGEST_LOOK: Duration = Duration::from_secs(2);

/// How many names like one that no repository has are offered.
const MOST_NEAR: usize = 5;

/// How much of a name that nothing has is said back.
const LONGEST_SHOWN: usize = 200;

/// Differences that somebody asks for.
pub(in crate::skills) type Changes = BTreeMap<ComponentName, Selection>;

impl Study {
    /// The component that a person names.
    pub(in crate::skills) fn component(&self, name: &str) -> Result<&Component, Refusal> {
        self.project.component(&name.to_lowercase()).ok_or_else(|| {
            let known: Vec<String> = self.project.components.iter().map(|known| known.name.to_string()).collect();
            let near = nearest(name, known.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
            Refusal::UnknownComponent { name: name.chars().take(40).collect(), near, known }
        })
    }

    /// The newest of a branch. One that is not known was perhaps pushed a moment ago: then the repository is looked at.
    ///
    /// # Errors
    /// Also when it takes longer than a person should wait.
    pub(in crate::skills) async fn newest(
        &self,
        component: &Component,
        branch: &BranchName,
    ) -> Result<Artifact, SourceError> {
        self.soon(&component.repository, self.look_for(component, branch)).await
    }

    /// The branches of a repository.
    ///
    /// # Errors
    /// Also when it takes longer than a person should wait.
    pub(in crate::skills) async fn branches(
        &self,
        repository: &RepositoryName,
    ) -> Result<Vec<BranchName>, SourceError> {
        let branches = self.soon(repository, self.source.branches(repository)).await?;
        Ok(branches.into_iter().map(|branch| branch.name).collect())
    }

    async fn soon<T>(
        &self,
        repository: &RepositoryName,
        asked: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let clock = self.store.clock();
        let late = clock.now().plus(LONGEST_LOOK);
        tokio::select! {
            found = asked => found,
            () = clock.sleep_until(late) => Err(SourceError::Unreadable {
                repository: repository.clone(),
                why: "it takes long to answer; I go on looking, so ask again in a moment".to_owned(),
            }),
        }
    }

    async fn look_for(&self, component: &Component, branch: &BranchName) -> Result<Artifact, SourceError> {
        match self.source.newest(&component.name, branch).await {
            Err(SourceError::NoBranch { .. }) => {
                self.source.look(&component.repository).await?;
                self.source.newest(&component.name, branch).await
            }
            other => other,
        }
    }

    /// The newest of a branch for a component that a person chose it for.
    pub(in crate::skills) async fn of_branch(&self, component: &Component, branch: &str) -> Result<Selection, Refusal> {
        let newest = self.newest(component, &BranchName::new(branch)).await;
        let artifact = newest.map_err(|cause| no_version(component, cause))?;
        Ok(Selection { artifact, follows: Follows::Branch })
    }

    /// The newest of a branch for every component that has it.
    pub(in crate::skills) async fn of_all_with(&self, branch: &str) -> Result<Changes, Refusal> {
        let name = &BranchName::new(branch);
        let look = |component| async move { (component, self.newest(component, name).await) };
        let mut changes = Changes::new();
        let mut near = Vec::new();
        // At once, so that many repositories take no longer than one.
        for (component, newest) in join_all(self.project.components.iter().map(look)).await {
            match newest {
                Ok(artifact) => {
                    changes.insert(component.name.clone(), Selection { artifact, follows: Follows::Branch });
                }
                Err(SourceError::NoBranch { near: names, .. }) => near.extend(names),
                Err(cause) => return Err(no_version(component, cause)),
            }
        }
        near.sort();
        near.dedup();
        near.truncate(MOST_NEAR);
        let cut = || branch.chars().take(LONGEST_SHOWN).collect();
        if changes.is_empty() { Err(Refusal::NoSuchBranch { branch: cut(), near }) } else { Ok(changes) }
    }
}

/// A component's version cannot be had.
pub(in crate::skills) fn no_version(component: &Component, cause: SourceError) -> Refusal {
    let why = cause.to_string().replace('`', "'");
    let near = match cause {
        SourceError::NoBranch { near, .. } => near,
        SourceError::Unconfigured(_)
        | SourceError::NoArtifact(_)
        | SourceError::Unreadable { .. }
        | SourceError::Busy(_) => Vec::new(),
    };
    Refusal::NoVersion { component: component.name.to_string(), why, near }
}
