//! The seam to where artifacts come from.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;

use crate::domain::artifact::{Artifact, Branch, BranchName, Digest};
use crate::domain::component::{Component, ComponentName, RepositoryName};
use crate::domain::environment::{Follows, Revision, Selection};
use crate::domain::update::{self, Newest};

/// Where artifacts come from. All methods are safe to call again; none changes the outside.
#[async_trait]
pub trait ArtifactSource: Send + Sync {
    /// Looks at the repository itself and gives its branches, by name. An empty repository has none.
    async fn look(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError>;

    /// The branches as the last look saw them; looks when there was none yet.
    async fn branches(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError>;

    /// The newest artifact of a component on a branch, as the last look saw it.
    async fn newest(&self, component: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError>;

    /// The newest artifacts of a component on a branch, newest first, as the last look saw it; at most `most`. A source
    /// that keeps no older ones gives the newest alone.
    async fn recent(
        &self,
        component: &ComponentName,
        branch: &BranchName,
        most: usize,
    ) -> Result<Vec<Artifact>, SourceError> {
        let newest = self.newest(component, branch).await?;
        Ok(vec![newest].into_iter().take(most).collect())
    }

    /// The artifact that people name by tag, commit id or its first letters, if a branch of ours holds it.
    async fn named(&self, component: &ComponentName, name: &str) -> Result<Artifact, SourceError>;

    /// Lays the artifact's files out in `folder`, which does not exist yet. Whole or not at all.
    async fn lay_out(&self, component: &ComponentName, digest: &Digest, folder: &Path) -> Result<(), SourceError>;
}

/// What a component runs that nobody chose yet: the newest of its default branch; and what could not be found, told
/// for people.
pub async fn defaults(source: &dyn ArtifactSource, components: &[Component]) -> (Vec<Selection>, Vec<String>) {
    let (mut selections, mut troubles) = (Vec::new(), Vec::new());
    for component in components {
        match source.newest(&component.name, &component.default_branch).await {
            Ok(artifact) => selections.push(Selection { artifact, follows: Follows::Branch }),
            Err(cause) => troubles.push(format!("{}: {cause}", component.name)),
        }
    }
    (selections, troubles)
}

/// What is newest for each component that follows its branch in a revision: where its branch is gone, of the branch
/// that it goes to instead.
pub async fn newest(
    source: &dyn ArtifactSource,
    components: &[Component],
    base: &Revision,
) -> BTreeMap<ComponentName, Newest> {
    let mut newest = BTreeMap::new();
    for component in components {
        let followed = base.selections.get(&component.name).filter(|selection| selection.follows == Follows::Branch);
        if let Some(selection) = followed {
            newest.insert(component.name.clone(), newest_of(source, component, selection).await);
        }
    }
    newest
}

async fn newest_of(source: &dyn ArtifactSource, component: &Component, selection: &Selection) -> Newest {
    match source.newest(&component.name, &selection.artifact.branch).await {
        Ok(artifact) => Newest::Is(artifact),
        Err(SourceError::NoBranch { .. }) => {
            let branches = source.branches(&component.repository).await.unwrap_or_default();
            let next = update::successor(&selection.artifact.digest, &component.default_branch, &branches);
            source.newest(&component.name, next).await.map_or(Newest::Unknown, Newest::Gone)
        }
        Err(
            SourceError::Unconfigured(_)
            | SourceError::NoArtifact(_)
            | SourceError::Unreadable { .. }
            | SourceError::Busy(_),
        ) => Newest::Unknown,
    }
}

/// Why an artifact cannot be had. `Display` is for people and names what to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The config has no such repository or component.
    #[error("there is no `{0}` in the config")]
    Unconfigured(String),
    /// There is no such branch; the nearest names follow.
    #[error("there is no branch `{branch}`")]
    NoBranch {
        /// What was asked for.
        branch: String,
        /// Branches with a name like it.
        near: Vec<String>,
    },
    /// No artifact is named so, or several are.
    #[error("no version, or more than one, is named `{0}`")]
    NoArtifact(String),
    /// The repository cannot be read: missing, empty, no repository, unreachable.
    #[error("the repository `{repository}` cannot be read: {why}")]
    Unreadable {
        /// Which.
        repository: RepositoryName,
        /// Why, and what to do, without secrets.
        why: String,
    },
    /// This machine has too little of something now: room, memory, descriptors. Worth another try.
    #[error("{0}")]
    Busy(String),
}
