//! The sample product: two small repositories to try everything with, made at the first start.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::fs;

use super::program::{Git, GitError};
use crate::ports::Clock;

/// Making them takes milliseconds; a disk may be slow.
const LIMIT: Duration = Duration::from_secs(30);

/// Who the first commits are by. Later ones are by whoever makes them: this is not written into the repository.
const AUTHOR: [&str; 4] = ["-c", "user.name=Sample", "-c", "user.email=sample@chamberlain.localhost"];

/// Why the sample product could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The disk refused.
    #[error("the sample product cannot be written to {}: {cause}", .folder.display())]
    Folder {
        /// Where.
        folder: PathBuf,
        /// In the system's words.
        cause: io::Error,
    },
    /// Git is missing or refused.
    #[error("the sample product cannot be made: {0}")]
    Git(String),
}

struct Repository {
    name: &'static str,
    /// The file that is there to be edited, and its first text on `main`.
    file: (&'static str, &'static str),
    /// Branches off `main`: name, the commit's message, the file's text there.
    branches: &'static [(&'static str, &'static str, &'static str)],
}

const PRODUCT: [Repository; 2] = [
    Repository {
        name: "web",
        file: ("page.toml", include_str!("sample/web-main.toml")),
        branches: &[
            ("feature/dark", "Show the shop at night", include_str!("sample/web-dark.toml")),
            ("feature/pay", "Let people pay", include_str!("sample/web-pay.toml")),
        ],
    },
    Repository {
        name: "api",
        file: ("answer.toml", include_str!("sample/api-main.toml")),
        branches: &[("feature/pay", "Take payments", include_str!("sample/api-pay.toml"))],
    },
];

/// Makes `folder/web` and `folder/api`, each a repository with a checked-out `main`. One that exists is left alone, so
/// this may be repeated; one that could not be finished is begun anew.
///
/// `path` is where `git` is found.
pub async fn make(folder: &Path, path: &OsStr, clock: &dyn Clock) -> Result<(), SampleError> {
    let refused = |cause| SampleError::Folder { folder: folder.to_owned(), cause };
    let folder = std::path::absolute(folder).map_err(refused)?;
    for repository in &PRODUCT {
        let place = folder.join(repository.name);
        if fs::try_exists(&place).await.map_err(refused)? {
            continue;
        }
        let draft = folder.join(format!(".draft-{}", repository.name));
        if fs::try_exists(&draft).await.map_err(refused)? {
            fs::remove_dir_all(&draft).await.map_err(refused)?;
        }
        fs::create_dir_all(&draft).await.map_err(refused)?;
        let making = Making { git: Git::new(path.to_owned(), draft.clone(), LIMIT), draft: &draft, clock };
        making.repository(repository).await?;
        fs::rename(&draft, &place).await.map_err(refused)?;
    }
    Ok(())
}

struct Making<'m> {
    git: Git,
    draft: &'m Path,
    clock: &'m dyn Clock,
}

impl Making<'_> {
    async fn repository(&self, repository: &Repository) -> Result<(), SampleError> {
        let (file, text) = repository.file;
        self.run(&["init", "--quiet", "--initial-branch=main", "--template="]).await?;
        self.write("README.md", &readme(repository.name, file)).await?;
        self.write(file, text).await?;
        self.run(&["add", "--all"]).await?;
        self.commit("Open the shop").await?;
        self.run(&["tag", "v1.0.0"]).await?;
        for (branch, message, text) in repository.branches {
            self.run(&["checkout", "--quiet", "-b", branch, "main"]).await?;
            self.write(file, text).await?;
            self.run(&["add", "--all"]).await?;
            self.commit(message).await?;
        }
        self.run(&["checkout", "--quiet", "main"]).await
    }

    async fn commit(&self, message: &str) -> Result<(), SampleError> {
        let [a, b, c, d] = AUTHOR;
        self.run(&[a, b, c, d, "commit", "--quiet", "--message", message]).await
    }

    async fn write(&self, file: &str, text: &str) -> Result<(), SampleError> {
        let path = self.draft.join(file);
        fs::write(&path, text).await.map_err(|cause| SampleError::Folder { folder: path, cause })
    }

    /// Runs git in the draft. Its moments are the house's, so that a test gets the same commits each time.
    async fn run(&self, arguments: &[&str]) -> Result<(), SampleError> {
        let now = format!("@{} +0000", self.clock.now().as_millis() / 1000);
        let call = self.git.call(arguments).variable("GIT_AUTHOR_DATE", &now).variable("GIT_COMMITTER_DATE", &now);
        call.run().await.map(drop).map_err(|error| match error {
            GitError::Failed(said) => SampleError::Git(said.trim().to_owned()),
            other => SampleError::Git(other.to_string()),
        })
    }
}

fn readme(name: &str, file: &str) -> String {
    format!(
        "# The sample product: {name}\n\n\
         Edit {file}, commit, and the environments that follow this branch update by themselves:\n\n\
         ```\n\
         $EDITOR {file}\n\
         git commit --all --message \"Try something\"\n\
         ```\n\n\
         Other branches: `git branch`. Throw this folder away, and the next start makes it anew.\n"
    )
}
