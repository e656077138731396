//! The seam to where artifacts come from.

use std::path::Path;

use async_trait::async_trait;

use crate::domain::artifact::{Artifact, Branch, BranchName, Digest};
use crate::domain::component::{Component, ComponentName, RepositoryName};
use crate::domain::environment::{Follows, Selection};

/// Where artifacts come from. All methods are safe to call again; none changes the outside.
#[async_trait]
pub trait ArtifactSource: Send + Sync {
    /// Looks at the repository itself and gives its branches, by name. An empty repository has none.
    async fn look(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError>;

    /// The branches as the last look saw them; looks when there was none yet.
    async fn branches(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError>;

    /// The newest artifact of a component on a branch, as the last look saw it.
    async fn newest(&self, component: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError>;

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
}
