//! A repository of somebody else, and a source that follows it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use chamberlain::adapters::artifact::{GitSettings, GitSource};
use chamberlain::domain::artifact::{BranchName, Digest};
use chamberlain::domain::component::{ComponentName, RepositoryName};
use chamberlain::ports::{ArtifactSource, SourceError};
use tempfile::TempDir;

/// Longer than any call here should take.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) source: GitSource,
}

#[expect(clippy::disallowed_methods, reason = "a test finds git where its caller does")]
pub(crate) fn path() -> OsString {
    std::env::var("PATH").unwrap().into()
}

pub(crate) fn web() -> ComponentName {
    ComponentName::new("web")
}

pub(crate) fn repository() -> RepositoryName {
    RepositoryName::new("web")
}

pub(crate) fn source(folder: &Path, address: &str, limit: Duration) -> GitSource {
    GitSource::new(GitSettings {
        mirrors: folder.join("mirrors"),
        repositories: vec![(repository(), address.to_owned())],
        components: vec![(web(), repository()), (ComponentName::new("lost"), RepositoryName::new("lost"))],
        limit,
        path: path(),
    })
}

impl Site {
    /// An empty repository with ids of this format.
    pub(crate) fn empty(format: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let theirs = folder.path().join("theirs");
        std::fs::create_dir(&theirs).unwrap();
        git(&theirs, &["init", "--quiet", "--initial-branch=main", "--object-format", format]);
        let source = source(folder.path(), theirs.to_str().unwrap(), LIMIT);
        Self { folder, source }
    }

    /// A repository with one commit on `main`.
    pub(crate) fn open() -> Self {
        let site = Self::empty("sha1");
        site.commit("Begin", &[("page.toml", "one")]);
        site
    }

    pub(crate) fn theirs(&self) -> PathBuf {
        self.folder.path().join("theirs")
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.theirs(), arguments)
    }

    /// Commits files on the branch that is checked out, and gives the commit's id.
    pub(crate) fn commit(&self, message: &str, files: &[(&str, &str)]) -> String {
        for (name, text) in files {
            std::fs::write(self.theirs().join(name), text).unwrap();
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) async fn look(&self) -> Vec<String> {
        let branches = self.source.look(&repository()).await.unwrap();
        branches.into_iter().map(|branch| branch.name.to_string()).collect()
    }

    /// The branches and their newest commits, as a look tells them.
    pub(crate) async fn heads(&self) -> Vec<(String, String)> {
        let branches = self.source.look(&repository()).await.unwrap();
        branches.into_iter().map(|branch| (branch.name.to_string(), branch.head.to_string())).collect()
    }

    pub(crate) async fn newest(&self, branch: &str) -> String {
        self.source.newest(&web(), &BranchName::new(branch)).await.unwrap().digest.to_string()
    }

    pub(crate) async fn named(&self, name: &str) -> Result<String, SourceError> {
        self.source.named(&web(), name).await.map(|artifact| artifact.digest.to_string())
    }

    pub(crate) async fn lay_out(&self, id: &str, folder: &str) -> Result<PathBuf, SourceError> {
        let folder = self.folder.path().join("laid").join(folder);
        self.source.lay_out(&web(), &Digest::new(id), &folder).await.map(|()| folder)
    }
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear().env("PATH", path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.args(["-c", "user.name=Ana", "-c", "user.email=ana@chamberlain.localhost"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Whether the source says that there is no such version.
pub(crate) fn missing<T>(result: &Result<T, SourceError>) -> bool {
    matches!(result, Err(SourceError::NoArtifact(_)))
}
