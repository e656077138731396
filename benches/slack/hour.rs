//! An hour of messages: memory must not grow with what was said.

use std::time::Duration;

use crate::Rounds;
use crate::figures::tell;
use crate::load::Load;
use crate::program::Ground;
use crate::speed::{connected, warm};
use crate::workspace::Workspace;

/// How many are said a second.
const RATE: f64 = 40.0;
/// How often the memory is told.
const SLICES: u32 = 12;

/// The released program under a steady load, with its memory after each twelfth of the time.
pub(super) fn hour(workspace: &Workspace, ground: &Ground, rounds: &Rounds) {
    let program = connected(workspace, &ground.fresh("hour"));
    warm(workspace);
    program.tell_memory("hour: memory after the start");
    let slice = rounds.hour / SLICES;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of messages")]
    let count = (slice.as_secs_f64() * RATE) as usize;
    for number in 1..=SLICES {
        let before = program.cpu();
        workspace.pace((count, RATE), |_| {});
        workspace.settle();
        let after = Duration::from_secs(u64::from(number) * slice.as_secs());
        tell(&format!("hour, {} s: answered", after.as_secs()), workspace.load(Load::latencies));
        program.tell_memory(&format!("hour, {} s: memory", after.as_secs()));
        let busy = 100.0 * program.cpu().saturating_sub(before).as_secs_f64() / slice.as_secs_f64();
        println!("{:44} {busy:8.1} % of a core", format!("hour, {} s: CPU", after.as_secs()));
    }
    program.end();
}
