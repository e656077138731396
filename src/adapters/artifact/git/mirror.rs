//! Our own bare copy of a repository, which follows it exactly.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::sync::Mutex;

use super::address::Address;
use super::leftovers;
use super::why::{why, why_copy, why_disk};
use crate::adapters::artifact::program::{Call, Git, GitError};
use crate::adapters::lack::is_lack;
use crate::domain::component::RepositoryName;
use crate::ports::SourceError;

/// Everything under these names is followed, also when it was forced or removed.
const FOLLOWED: [&str; 2] = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];

/// The file that says from which address the copy was last fetched; without it there is no copy yet.
const LOOKED: &str = "looked-at";

/// How git says that the repository has ids of another kind. A server cannot say it: its lines begin with `remote:`.
const OTHER_IDS: &str = "fatal: mismatched algorithms";

/// A repository and our copy of it.
#[derive(Debug)]
pub(super) struct Mirror {
    repository: RepositoryName,
    address: Address,
    folder: PathBuf,
    git: Git,
    fetching: Mutex<()>,
    /// Held while files are laid out: unfinished ones lie in a place that is used again.
    pub(super) laying: Mutex<()>,
}

impl Mirror {
    /// The copy of `address` under `home`, which is absolute.
    pub(super) fn new(repository: RepositoryName, address: &str, home: &Path, git: Git) -> Self {
        let folder = home.join(folder_name(repository.as_str()));
        let address = Address::read(address);
        Self { repository, address, folder, git, fetching: Mutex::new(()), laying: Mutex::new(()) }
    }

    /// Fetches. One at a time; whoever waited fetches again, since what they want may be newer.
    pub(super) async fn look(&self) -> Result<(), SourceError> {
        let _one = self.fetching.lock().await;
        self.fetch().await
    }

    /// Fetches if that was never done from this address.
    pub(super) async fn ensure_looked(&self) -> Result<(), SourceError> {
        if self.has_looked().await {
            return Ok(());
        }
        let _one = self.fetching.lock().await;
        if self.has_looked().await { Ok(()) } else { self.fetch().await }
    }

    /// Asks the repository itself for its branches, without the copy.
    pub(super) async fn list(&self) -> Result<Vec<u8>, SourceError> {
        self.check_address().await?;
        self.write_config().await.map_err(|cause| self.disk("preparing the copy", &cause))?;
        let arguments = ["ls-remote", "--quiet", "--heads", "--"].map(OsString::from);
        let call = self.git.call(arguments.into_iter().chain([self.address.to_argument()]));
        call.run().await.map_err(|error| self.unreadable(why(&self.address, &error)))
    }

    /// Asks the copy.
    pub(super) async fn read<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Vec<u8>, SourceError> {
        self.call(arguments).run().await.map_err(|error| self.copy_damaged(&error))
    }

    /// Asks the copy something that it may turn down.
    pub(super) async fn try_read<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        match self.call(arguments).run().await {
            Ok(written) => Ok(Some(written)),
            Err(GitError::Failed(_)) => Ok(None),
            Err(error) => Err(self.copy_damaged(&error)),
        }
    }

    /// A call on the copy.
    pub(super) fn call<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Call {
        let mut all = vec![OsString::from("--git-dir"), self.folder.clone().into_os_string()];
        all.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self.git.call(all)
    }

    /// The copy cannot be read.
    pub(super) fn copy_damaged(&self, error: &GitError) -> SourceError {
        if error.is_lack() {
            return SourceError::Busy("git lacked room or memory on this machine; it is tried again".to_owned());
        }
        self.unreadable(why_copy(&self.address, &self.folder, error))
    }

    /// The disk refused while `doing`.
    pub(super) fn disk(&self, doing: &str, cause: &io::Error) -> SourceError {
        let why = why_disk(doing, cause);
        if is_lack(cause) { SourceError::Busy(why) } else { self.unreadable(why) }
    }

    /// A name for this repository that is good for a file.
    pub(super) fn file_name(&self) -> String {
        folder_name(self.repository.as_str())
    }

    async fn has_looked(&self) -> bool {
        let looked = fs::read_to_string(self.folder.join(LOOKED)).await;
        looked.is_ok_and(|address| address == self.address.shown())
    }

    async fn fetch(&self) -> Result<(), SourceError> {
        self.check_address().await?;
        self.write_config().await.map_err(|cause| self.disk("preparing the copy", &cause))?;
        leftovers::remove_half_packs(&self.folder).await.map_err(|cause| self.disk("freeing the copy", &cause))?;
        if !self.has_looked().await {
            self.init("sha1").await?;
        }
        let fetched = match self.fetch_once().await {
            Err(GitError::Failed(said)) if said.lines().any(|line| line.starts_with(OTHER_IDS)) => {
                self.remake(&said).await?;
                self.fetch_once().await
            }
            Err(GitError::Failed(said)) if said.contains(".lock': File exists") => {
                leftovers::remove_locks(&self.folder).await.map_err(|cause| self.disk("freeing the copy", &cause))?;
                self.fetch_once().await
            }
            other => other,
        };
        fetched.map_err(|error| self.unreadable(why(&self.address, &error)))?;
        let looked = fs::write(self.folder.join(LOOKED), self.address.shown()).await;
        looked.map_err(|cause| self.disk("preparing the copy", &cause))
    }

    async fn fetch_once(&self) -> Result<(), GitError> {
        let mut arguments: Vec<OsString> =
            ["fetch", "--quiet", "--prune", "--no-tags", "--update-shallow", "--no-write-fetch-head"]
                .map(OsString::from)
                .into();
        arguments.extend(["--no-recurse-submodules".into(), "--".into(), self.address.to_argument()]);
        arguments.extend(FOLLOWED.map(OsString::from));
        self.call(arguments).run().await.map(drop)
    }

    /// Says early, and more plainly than git, what is wrong with the address.
    async fn check_address(&self) -> Result<(), SourceError> {
        let shown = self.address.shown();
        match &self.address {
            Address::Remote(remote) if remote.is_empty() || remote.starts_with('-') => {
                Err(self.unreadable(format!("`{shown}` is no address; give a folder, or an https or ssh URL")))
            }
            Address::Folder(folder) if !fs::try_exists(folder).await.unwrap_or(true) => {
                Err(self.unreadable(format!("there is nothing at `{shown}`; mend the path in the config")))
            }
            Address::Remote(_) | Address::Folder(_) => Ok(()),
        }
    }

    /// Writes git's config once; a second write would give other calls an empty file for a moment.
    async fn write_config(&self) -> io::Result<()> {
        let file = self.git.config_file();
        if fs::try_exists(&file).await? {
            return Ok(());
        }
        if let Some(home) = file.parent() {
            fs::create_dir_all(home).await?;
        }
        let draft = file.with_file_name(format!(".{}.config", self.file_name()));
        fs::write(&draft, "[safe]\n\tdirectory = *\n").await?;
        fs::rename(draft, file).await
    }

    /// Makes the empty copy; one that is there stays as it is, and a half-made one is completed.
    async fn init(&self, format: &str) -> Result<(), SourceError> {
        let mut arguments: Vec<OsString> = ["init", "--quiet", "--bare", "--template="].map(OsString::from).into();
        if fs::try_exists(&self.folder).await.unwrap_or(false) {
            leftovers::remove_locks(&self.folder).await.map_err(|cause| self.disk("freeing the copy", &cause))?;
        } else {
            arguments.push(format!("--object-format={format}").into());
        }
        arguments.extend(["--".into(), self.folder.clone().into_os_string()]);
        self.git.call(arguments).run().await.map(drop).map_err(|error| self.copy_damaged(&error))
    }

    /// Makes the copy anew for the kind of ids that the repository has.
    async fn remake(&self, said: &str) -> Result<(), SourceError> {
        let format = if said.contains("server sha256") { "sha256" } else { "sha1" };
        fs::remove_dir_all(&self.folder).await.map_err(|cause| self.disk("preparing the copy", &cause))?;
        self.init(format).await
    }

    fn unreadable(&self, why: String) -> SourceError {
        SourceError::Unreadable { repository: self.repository.clone(), why }
    }
}

/// A repository's name as a name of a folder: other letters than plain ones become `%` and their code.
fn folder_name(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let coded = |letter: char| if plain(letter) { letter.to_string() } else { format!("%{:x}", u32::from(letter)) };
    name.chars().map(coded).collect()
}
