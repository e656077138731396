//! A source whose every component has the same few versions, told by their names; no repository, no network.

use std::fs;
use std::path::Path;

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::domain::artifact::{Artifact, Branch, BranchName, Digest};
use chamberlain::domain::component::{ComponentName, RepositoryName};
use chamberlain::ports::{ArtifactSource, SourceError};

/// The versions: each is a branch with one commit. A component of the last one ends as soon as it is started.
const NAMES: [&str; 4] = ["v1", "v2", "v3", BROKEN];
const BROKEN: &str = "broken";

/// The source.
pub(crate) struct Versions;

/// The commit of a version.
fn digest(name: &str) -> Digest {
    Digest::new(format!("{name:0<40}"))
}

fn artifact(component: &ComponentName, name: &str) -> Artifact {
    Artifact {
        component: component.clone(),
        branch: BranchName::new(name),
        digest: digest(name),
        label: name.into(),
        subject: format!("version {name}"),
        made_at: Timestamp::ZERO,
    }
}

#[async_trait]
impl ArtifactSource for Versions {
    async fn look(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        self.branches(repository).await
    }

    async fn branches(&self, _: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        Ok(NAMES.iter().map(|name| Branch { name: BranchName::new(*name), head: digest(name) }).collect())
    }

    async fn newest(&self, component: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError> {
        if NAMES.contains(&branch.as_str()) {
            return Ok(artifact(component, branch.as_str()));
        }
        Err(SourceError::NoBranch { branch: branch.to_string(), near: vec![] })
    }

    async fn named(&self, _: &ComponentName, name: &str) -> Result<Artifact, SourceError> {
        Err(SourceError::NoArtifact(name.into()))
    }

    async fn lay_out(&self, _: &ComponentName, digest: &Digest, folder: &Path) -> Result<(), SourceError> {
        let behaviour = if digest.as_str().starts_with(BROKEN) { "exit" } else { "well" };
        let laid_out = fs::create_dir(folder).and_then(|()| fs::write(folder.join("behaviour"), behaviour));
        laid_out.map_err(|cause| SourceError::NoArtifact(cause.to_string()))
    }
}
