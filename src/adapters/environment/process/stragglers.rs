//! Processes that are found by the mark in their environment, wherever they moved to.
//!
//! A child that called `setsid` has left the group, and killing the group misses it; its environment still carries
//! the mark. A program may clear its environment: that one is only found while it stays in the group.

use std::time::Duration;
use std::{fs, io};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::time::Instant;

use super::failure::{blocking, disk};
use crate::adapters::lack::is_lack;
use crate::ports::DriverError;

/// The variable that carries the mark.
pub(super) const MARK: &str = "CHAMBERLAIN_INSTANCE";

/// How long killed processes may take to be gone: the kernel waits for a disk sometimes.
const LIMIT: Duration = Duration::from_secs(5);

/// Kills all processes whose mark `belongs`, and returns when none is left.
///
/// # Errors
/// `Busy` when one cannot be killed within five seconds.
pub(super) async fn sweep<F>(belongs: F) -> Result<(), DriverError>
where
    F: Fn(&str) -> bool + Clone + Send + 'static,
{
    let began = Instant::now();
    loop {
        let belongs = belongs.clone();
        let left = blocking(move || kill_marked(belongs).map_err(disk("processes cannot be looked for"))).await?;
        if left == 0 {
            return Ok(());
        }
        if began.elapsed() > LIMIT {
            let why = format!("{left} of its processes cannot be ended");
            return Err(DriverError::Busy { after: Some(LIMIT), why });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Kills once through, and says how many it found.
fn kill_marked(belongs: impl Fn(&str) -> bool) -> io::Result<usize> {
    let mut found = 0;
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if mark(pid)?.is_some_and(|mark| belongs(&mark)) {
            kill(pid, &belongs);
            found += 1;
        }
    }
    Ok(found)
}

fn kill(pid: i32, belongs: impl Fn(&str) -> bool) {
    let Some(handle) = Pid::from_raw(pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()) else { return };
    // Looked at again, now that the number cannot be given to another any more.
    if mark(pid).is_ok_and(|mark| mark.is_some_and(|mark| belongs(&mark)))
        && let Err(cause) = pidfd_send_signal(&handle, Signal::KILL)
    {
        tracing::debug!(%cause, pid, "a straggler could not be killed; it may have ended");
    }
}

/// The mark in a process's environment; none when it has none, has ended, or is another user's.
fn mark(pid: i32) -> io::Result<Option<String>> {
    let environment = match fs::read(format!("/proc/{pid}/environ")) {
        Ok(environment) => environment,
        Err(cause) if is_lack(&cause) => return Err(cause),
        Err(_) => return Ok(None),
    };
    let mut variables = environment.split(|byte| *byte == 0);
    let mark = variables.find_map(|variable| variable.strip_prefix(MARK.as_bytes())?.strip_prefix(b"="));
    Ok(mark.and_then(|mark| String::from_utf8(mark.to_vec()).ok()))
}
