//! Which process a number means: process ids are used again, these are not.

use std::os::fd::OwnedFd;
use std::{fs, io};

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde::{Deserialize, Serialize};

use crate::adapters::lack::is_lack;

/// A process that cannot be mistaken for a later one with the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    /// Its number.
    pid: i32,
    /// When it started, in ticks since the machine did.
    started: u64,
    /// Which start of the machine: ticks begin anew with each.
    boot: String,
}

impl Identity {
    /// The process that has this number now. A zombie still counts here: a child that ended at once had an identity.
    pub(super) fn of(pid: i32) -> io::Result<Self> {
        Ok(Self { pid, started: stat(pid)?.started, boot: boot()? })
    }

    /// Whether it lives; a zombie does not. What cannot be looked at is not known to be gone.
    pub(super) fn lives(&self) -> bool {
        let is_it = |stat: Stat| stat.started == self.started && !stat.is_dead;
        match boot().and_then(|boot| Ok(boot == self.boot && is_it(stat(self.pid)?))) {
            Ok(lives) => lives,
            Err(cause) => is_lack(&cause),
        }
    }

    /// A handle on whatever has this number now: only for a child of ours that was not waited for.
    pub(super) fn handle(&self) -> io::Result<OwnedFd> {
        let pid = self.pid().ok_or(io::ErrorKind::InvalidData)?;
        Ok(pidfd_open(pid, PidfdFlags::empty())?)
    }

    /// A handle on it, if it lives.
    pub(super) fn hold(&self) -> Option<OwnedFd> {
        let handle = self.handle().ok()?;
        // After opening, not before: the number may have been given to another in between.
        self.lives().then_some(handle)
    }

    /// Its number, which is its group's and its session's as well: the supervisor leads both.
    pub(super) fn pid(&self) -> Option<Pid> {
        Pid::from_raw(self.pid)
    }
}

struct Stat {
    started: u64,
    is_dead: bool,
}

/// Reads `/proc/PID/stat`. The program's name stands in brackets and may itself contain brackets and spaces: the
/// fields are counted from behind the last one. The third is the state, the twenty-second the start time.
fn stat(pid: i32) -> io::Result<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    read(&text).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

fn read(text: &str) -> Option<Stat> {
    let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    let started = fields.nth(18)?.parse().ok()?;
    Some(Stat { started, is_dead: matches!(state, "Z" | "X" | "x") })
}

fn boot() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Identity {
        Identity::of(i32::try_from(std::process::id()).unwrap()).unwrap()
    }

    #[test]
    fn we_live_and_can_be_held() {
        assert!(own().lives());
        assert!(own().hold().is_some());
    }

    #[test]
    fn another_start_time_or_boot_is_another_process() {
        let later = Identity { started: own().started + 1, ..own() };
        let before = Identity { boot: "other".into(), ..own() };
        assert!(!later.lives() && later.hold().is_none());
        assert!(!before.lives());
    }
}
