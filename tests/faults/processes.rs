//! What the bot started, as the machine tells it: found by its mark, whoever is its parent now.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chamberlain::adapters::environment::process::{ProcessDriver, ProcessSettings};
use chamberlain::domain::spec::EnvironmentName;
use chamberlain::ports::{EnvironmentDriver, SystemClock};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::bot::example;

#[path = "../support/versions.rs"]
mod versions;

/// A process of a component, or its supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    /// `test_component` or `test_supervisor`.
    pub(crate) program: String,
    /// `ground/alpha`
    pub(crate) of: String,
    /// The version's digest.
    pub(crate) version: String,
    /// The data folder's id.
    pub(crate) home: String,
}

/// Finds what carries a mark of this folder, and leaves nothing of it behind.
pub(crate) struct Processes {
    folder: PathBuf,
    home: PathBuf,
}

impl Processes {
    pub(crate) fn of(folder: &Path) -> Self {
        Self { folder: folder.join("environments"), home: folder.join("home") }
    }

    /// The data folder's id.
    pub(crate) fn home(&self) -> String {
        fs::read_to_string(&self.home).unwrap().trim().to_owned()
    }

    /// All that runs.
    pub(crate) fn of_the_bot(&self) -> Vec<Process> {
        let Ok(id) = fs::read_to_string(self.folder.join("id.txt")) else { return Vec::new() };
        let entries = fs::read_dir("/proc").unwrap();
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
        let home = fs::read_to_string(&self.home).unwrap_or_default();
        pids.filter_map(|pid| look_at(pid, (id.trim(), home.trim()))).collect()
    }

    /// Removes environments as the house would.
    pub(crate) async fn remove_all(&self, environments: &[String]) {
        let driver = ProcessDriver::open(ProcessSettings {
            folder: self.folder.clone(),
            supervisor: vec![example("test_supervisor").into(), "supervise".into()],
            path: "/usr/local/bin:/usr/bin:/bin".into(),
            grace: Duration::from_millis(500),
            build_limit: Duration::from_secs(5),
            source: Arc::new(versions::Versions::of(&self.folder)),
            clock: Arc::new(SystemClock),
            touch: Arc::new(|_| {}),
        });
        let driver = driver.await.unwrap();
        for environment in environments {
            driver.remove(&EnvironmentName::new(environment), i64::MAX).await.unwrap();
        }
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for _ in 0..50 {
            let left = self.of_the_bot();
            if left.is_empty() {
                return;
            }
            left.iter().for_each(end);
        }
    }
}

/// Kills a process, and waits until it is gone; one that ended in between is.
fn end(process: &Process) {
    let pid = Pid::from_raw(process.pid).unwrap();
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    if pidfd_send_signal(&handle, Signal::KILL).is_ok() {
        let mut gone = [PollFd::new(&handle, PollFlags::IN)];
        retry_on_intr(|| poll(&mut gone, Some(&Timespec { tv_sec: 5, tv_nsec: 0 }))).unwrap();
    }
}

fn look_at(pid: i32, (id, home): (&str, &str)) -> Option<Process> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let environment = String::from_utf8_lossy(&environment).into_owned();
    let variable = |name: &str| {
        environment.split('\0').find_map(|variable| variable.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let mark = variable("CHAMBERLAIN_INSTANCE").filter(|mark| mark.ends_with(&format!("@{id}")))?;
    let program = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    Some(Process {
        pid,
        program: program.file_name()?.to_string_lossy().into_owned(),
        of: mark.rsplit_once('/')?.0.to_owned(),
        version: variable("CHAMBERLAIN_COMMIT").unwrap_or_default(),
        home: home.to_owned(),
    })
}
