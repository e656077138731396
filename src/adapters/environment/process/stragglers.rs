//! Processes that are found by the mark in their environment, wherever they moved to.
//!
//! A child that called `setsid` has left the group, and killing the group misses it; its environment still carries
//! the mark. A program may clear its environment: that one is only found while it stays in the group.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::time::Instant;

use super::failure::blocking;
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
        let left = blocking(move || Ok(kill_marked(belongs))).await?;
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
fn kill_marked(belongs: impl Fn(&str) -> bool) -> usize {
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| mark(*pid).is_some_and(|mark| belongs(&mark))).inspect(|pid| kill(*pid, &belongs)).count()
}

fn kill(pid: i32, belongs: impl Fn(&str) -> bool) {
    let Some(handle) = Pid::from_raw(pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()) else { return };
    // Looked at again, now that the number cannot be given to another any more.
    if mark(pid).is_some_and(|mark| belongs(&mark))
        && let Err(cause) = pidfd_send_signal(&handle, Signal::KILL)
    {
        tracing::debug!(%cause, pid, "a straggler could not be killed; it may have ended");
    }
}

/// The mark in a process's environment; none when it has none, has ended, or is another user's.
fn mark(pid: i32) -> Option<String> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let mut variables = environment.split(|byte| *byte == 0);
    let mark = variables.find_map(|variable| variable.strip_prefix(MARK.as_bytes())?.strip_prefix(b"="))?;
    String::from_utf8(mark.to_vec()).ok()
}
