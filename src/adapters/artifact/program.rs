//! The `git` program, run without a shell as a child that gets nothing but what stands here.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use crate::adapters::lack::is_lack;

/// How much of a child's complaints is kept: a hostile server may send without end.
const COMPLAINT_LIMIT: u64 = 64 * 1024;

/// Options of every call. Whatever a repository brings along, git starts no program of its choice.
const OPTIONS: [&str; 7] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "safe.directory=*",
];

/// Without these a helper whose git was killed would wait for a dead network for ever.
const NETWORK_OPTIONS: [&str; 2] = ["http.lowSpeedLimit=1", "http.lowSpeedTime=60"];

/// No questions, and no shared connection: its keeper would hold our pipes open after git has ended.
const SSH: &str = "ssh -oBatchMode=yes -oControlMaster=no -oConnectTimeout=20 -oServerAliveInterval=20";

/// How git complains when the machine has no more of something.
const LACKS: [&str; 4] =
    ["No space left on device", "Disk quota exceeded", "Too many open files", "Cannot allocate memory"];

/// Knows how git is started.
#[derive(Clone, Debug)]
pub(super) struct Git {
    path: OsString,
    home: PathBuf,
    limit: Duration,
}

/// A call that has not begun.
#[derive(Debug)]
pub(super) struct Call {
    command: Command,
    limit: Duration,
}

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum GitError {
    /// There is no `git` on the path.
    #[error("the program `git` is not there; install it, or mend PATH")]
    Missing,
    /// It could not be started or heard.
    #[error("`git` cannot be run: {0}")]
    Broken(io::Error),
    /// It took longer than it may, and was ended.
    #[error("it took longer than {} s; try again, or raise the limit", .0.as_secs_f32())]
    TimedOut(Duration),
    /// It ended with a complaint, in git's own words: not to be shown as it is.
    #[error("git failed")]
    Failed(String),
}

impl GitError {
    /// Whether the machine had too little of something, so that the same call may do well later.
    pub(super) fn is_lack(&self) -> bool {
        match self {
            Self::Broken(cause) => is_lack(cause),
            // In git's words, which are the C library's.
            Self::Failed(said) => LACKS.iter().any(|lack| said.contains(lack)),
            Self::Missing | Self::TimedOut(_) => false,
        }
    }
}

impl Git {
    /// A git that finds its helpers by `path`, has `home` for its own files, and may take `limit` for each call.
    pub(super) fn new(path: OsString, home: PathBuf, limit: Duration) -> Self {
        Self { path, home, limit }
    }

    /// The config file that stands for the user's own; it may be missing. Git asks whether a local repository
    /// belongs to us in a grandchild that options do not reach, so `safe.directory` must stand in it too.
    pub(super) fn config_file(&self) -> PathBuf {
        self.home.join("git.config")
    }

    /// Prepares `git ARGUMENTS` in the home folder.
    pub(super) fn call<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Call {
        let mut command = Command::new("git");
        command.env_clear();
        command.env("PATH", &self.path).env("HOME", &self.home);
        command.env("GIT_CONFIG_GLOBAL", self.config_file()).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        command.env("GIT_ALLOW_PROTOCOL", "file:https:http:ssh:git").env("GIT_SSH_COMMAND", SSH);
        for option in OPTIONS.iter().chain(&NETWORK_OPTIONS) {
            command.args(["-c", option]);
        }
        command.args(arguments).current_dir(&self.home).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Call { command, limit: self.limit }
    }
}

impl Call {
    /// Gives the child one more variable.
    pub(super) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in another folder, which exists.
    pub(super) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to its end and gives what it wrote. May be dropped: the child is then killed.
    pub(super) async fn run(mut self) -> Result<Vec<u8>, GitError> {
        let child = self.command.spawn().map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => GitError::Missing,
            _ => GitError::Broken(cause),
        })?;
        let ended = tokio::time::timeout(self.limit, hear(child)).await;
        let (status, written, complaint) =
            ended.map_err(|_| GitError::TimedOut(self.limit))?.map_err(GitError::Broken)?;
        if status.success() {
            return Ok(written);
        }
        Err(GitError::Failed(String::from_utf8_lossy(&complaint).into_owned()))
    }
}

async fn hear(mut child: Child) -> io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let (written, complaint) = (child.stdout.take(), child.stderr.take());
    tokio::try_join!(child.wait(), read(written, u64::MAX), read(complaint, COMPLAINT_LIMIT))
}

/// Reads to the end, and keeps the first `limit` bytes.
async fn read(pipe: Option<impl AsyncRead + Unpin>, limit: u64) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    if let Some(mut pipe) = pipe {
        (&mut pipe).take(limit).read_to_end(&mut kept).await?;
        tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_that_lacks_something_may_do_well_later() {
        let full = "error: unable to write file web/index.html\nfatal: write error: No space left on device\n";
        let none = io::Error::from_raw_os_error(rustix::io::Errno::MFILE.raw_os_error());
        for (error, is_lack) in [
            (GitError::Failed(full.into()), true),
            (GitError::Failed("fatal: not a git repository".into()), false),
            (GitError::Broken(none), true),
            (GitError::Broken(io::ErrorKind::PermissionDenied.into()), false),
            (GitError::Missing, false),
            (GitError::TimedOut(Duration::from_secs(1)), false),
        ] {
            assert_eq!(error.is_lack(), is_lack, "{error:?}");
        }
    }
}
