//! Builds: a program that runs once in the laid-out folder.

use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use super::failure::{disk, failed, unstarted};
use super::inner::{Inner, TOLD};
use super::key::Key;
use super::{log, stragglers, whole};
use crate::domain::spec::{ComponentSpec, SpecHash};
use crate::ports::DriverError;

impl Inner {
    /// Runs the build to its end, in a group of its own. When this is dropped the group is killed.
    pub(super) async fn build(&self, spec: &ComponentSpec, build: &[String], folder: &Path) -> Result<(), DriverError> {
        let log = self.grounds.component(&Key::of(spec))?.join("build.log");
        let mut group = self.begin_build(spec, build, folder)?;
        let why = match tokio::time::timeout(self.settings.build_limit, group.0.wait()).await {
            Ok(Ok(status)) if status.success() => return Ok(()),
            Ok(Ok(status)) => format!("the build failed: {status}"),
            Ok(Err(cause)) => return Err(disk("the build cannot be waited for")(cause)),
            Err(_) => format!("the build took longer than {} s", self.settings.build_limit.as_secs()),
        };
        drop(group);
        self.has_failed(&Key::of(spec), log::Part { path: log.clone(), from: 0 });
        let log = log::last_lines(&log, TOLD).map_err(disk("the build's log cannot be read"))?;
        Err(DriverError::Failed { stage: "build", why, log })
    }

    /// Ends what builds of this component left running; they carry a mark of their own.
    pub(super) async fn sweep_build(&self, key: &Key) -> Result<(), DriverError> {
        let mark = self.build_mark(key);
        stragglers::sweep(move |instance| instance == mark).await
    }

    fn begin_build(&self, spec: &ComponentSpec, build: &[String], folder: &Path) -> Result<Group, DriverError> {
        let Some((program, arguments)) = build.split_first() else {
            return Err(failed("build", "the build names no program"));
        };
        let key = Key::of(spec);
        let path = self.grounds.component(&key)?.join("build.log");
        let unusable = "the build's log cannot be written";
        whole::remove(&path).map_err(disk(unusable))?;
        let (log, _) = log::open(&path).map_err(disk(unusable))?;
        let errors = log.try_clone().map_err(disk(unusable))?;
        Command::new(self.program(program, folder))
            .args(arguments)
            .env_clear()
            .envs(self.variables(spec, &self.build_mark(&key), None)?)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map(Group)
            .map_err(unstarted("build", &format!("the build's program `{program}` cannot be started")))
    }

    fn build_mark(&self, key: &Key) -> String {
        self.grounds.instance(key, &SpecHash::new("build"), 0)
    }
}

/// A build and all in its group; killed when dropped.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // An id only while it was not waited for: until then the group's number is ours.
        let leader = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(Err(cause)) = leader.map(|leader| kill_process_group(leader, Signal::KILL)) {
            tracing::warn!(%cause, "a build could not be ended");
        }
    }
}
