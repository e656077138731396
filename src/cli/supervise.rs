//! `chamberlain supervise`: the hidden parent of one component's process.
//!
//! It leads a session of its own, so that no terminal's signals and no end of ours reach the component, and it keeps
//! the exit code, which is lost to anyone who adopts the component later.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};

use anyhow::Context;
use clap::Args;
use nix::unistd::User;
use rustix::process::{Signal, kill_current_process_group, setsid};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

/// What a shell gives for a program that cannot be started.
const NOT_STARTED: u8 = 127;

/// Runs one program in a session of its own and keeps its exit code.
#[derive(Debug, Args)]
pub struct Supervise {
    /// Where the exit code goes: `3`, or `signal 9`.
    #[arg(long, value_name = "FILE")]
    pub exit_file: PathBuf,
    /// The user of this machine that the program runs as.
    #[arg(long)]
    pub user: Option<String>,
    /// The program and its arguments.
    #[arg(required = true, last = true, value_name = "PROGRAM")]
    pub program: Vec<OsString>,
}

/// Runs the program to its end. SIGTERM is passed on to the whole group, once.
pub fn run(supervise: &Supervise) -> anyhow::Result<ExitCode> {
    setsid().context("a session of its own cannot be had: it leads a process group already")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(attend(supervise))
}

async fn attend(supervise: &Supervise) -> anyhow::Result<ExitCode> {
    let (program, arguments) = supervise.program.split_first().context("there is no program to run")?;
    // Before the program starts: a SIGTERM that came between would end us and leave it behind.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut command = Command::new(program);
    command.args(arguments);
    if let Some(name) = &supervise.user {
        let user = User::from_name(name)?.with_context(|| format!("this machine has no user {name}"))?;
        // Leaving root behind drops its supplementary groups too.
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(cause) => {
            writeln!(std::io::stderr(), "{} cannot be started: {cause}", program.display())?;
            keep(&supervise.exit_file, &NOT_STARTED.to_string())?;
            return Ok(NOT_STARTED.into());
        }
    };
    let status = tokio::select! {
        status = child.wait() => status?,
        _ = terminate.recv() => pass_on(&mut child).await?,
    };
    keep(&supervise.exit_file, &told(status))?;
    Ok(code(status).into())
}

/// Passes SIGTERM on. It comes back to us as well, being one of the group: nobody listens any more then.
async fn pass_on(child: &mut Child) -> anyhow::Result<ExitStatus> {
    kill_current_process_group(Signal::TERM)?;
    Ok(child.wait().await?)
}

fn told(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => code.to_string(),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "unknown".to_owned(),
    }
}

/// The code a shell would give.
fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code & 0xff).unwrap_or(1)
}

/// Written aside and renamed, so that whoever reads it never finds half of it.
fn keep(file: &Path, told: &str) -> anyhow::Result<()> {
    let aside = file.with_extension("exit-new");
    std::fs::write(&aside, told)
        .and_then(|()| std::fs::rename(&aside, file))
        .with_context(|| format!("the exit code cannot be kept in {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_signals_are_told_apart() {
        assert_eq!(told(ExitStatus::from_raw(3 << 8)), "3");
        assert_eq!(told(ExitStatus::from_raw(9)), "signal 9");
        assert_eq!(code(ExitStatus::from_raw(9)), 137);
    }
}
