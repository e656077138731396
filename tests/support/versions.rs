//! A source whose every component has the same few versions, told by their names; no repository, no network.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::domain::artifact::{Artifact, Branch, BranchName, Digest};
use chamberlain::domain::component::{ComponentName, RepositoryName};
use chamberlain::ports::{ArtifactSource, SourceError};

/// The branches: each has one commit, but the last, whose newest is named by a file that a test writes. A component of
/// the last but one ends as soon as it is started.
const NAMES: [&str; 5] = ["v1", "v2", "v3", BROKEN, MOVING];
const BROKEN: &str = "broken";
const MOVING: &str = "moving";

/// How long it takes when it is slow.
const SLOW: Duration = Duration::from_secs(1);

/// The source.
pub(crate) struct Versions {
    /// Holds the name of the moving branch's newest commit; none while it has not moved.
    pub(crate) moving: PathBuf,
    /// While this is there, the source takes its time.
    slow: PathBuf,
}

impl Versions {
    /// The source of a bot that keeps its things in `folder`.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { moving: folder.join(MOVING), slow: folder.join("slow") }
    }

    /// The newest commit of a branch.
    fn newest_of(&self, branch: &str) -> Result<String, SourceError> {
        if branch != MOVING {
            return Ok(branch.to_owned());
        }
        match fs::read_to_string(&self.moving) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(branch.to_owned()),
            moved => moved.map_err(|cause| SourceError::Busy(cause.to_string())),
        }
    }
}

/// The commit of a version.
fn digest(name: &str) -> Digest {
    Digest::new(format!("{name:0<40}"))
}

fn artifact(component: &ComponentName, (branch, name): (&str, &str)) -> Artifact {
    Artifact {
        component: component.clone(),
        branch: BranchName::new(branch),
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
        let branch = |name: &&str| Ok(Branch { name: BranchName::new(*name), head: digest(&self.newest_of(name)?) });
        NAMES.iter().map(branch).collect()
    }

    async fn newest(&self, component: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError> {
        if self.slow.exists() {
            tokio::time::sleep(SLOW).await;
        }
        if NAMES.contains(&branch.as_str()) {
            return Ok(artifact(component, (branch.as_str(), &self.newest_of(branch.as_str())?)));
        }
        Err(SourceError::NoBranch { branch: branch.to_string(), near: vec![] })
    }

    async fn named(&self, _: &ComponentName, name: &str) -> Result<Artifact, SourceError> {
        Err(SourceError::NoArtifact(name.into()))
    }

    async fn lay_out(&self, _: &ComponentName, digest: &Digest, folder: &Path) -> Result<(), SourceError> {
        let behaviour = if digest.as_str().starts_with(BROKEN) { "exit" } else { "well" };
        let laid_out = fs::create_dir(folder).and_then(|()| fs::write(folder.join("behaviour"), behaviour));
        laid_out.map_err(|cause| SourceError::Busy(cause.to_string()))
    }
}
