//! Figures as lines of text.

use std::time::Duration;

/// Prints the median and the tail.
pub(super) fn tell(what: &str, mut taken: Vec<Duration>) {
    if taken.is_empty() {
        return println!("{what:44} nothing was measured");
    }
    taken.sort_unstable();
    let at = |part: usize| millis(taken[(taken.len() * part / 1000).min(taken.len() - 1)]);
    let (p50, p95, p99, p999, most) = (at(500), at(950), at(990), at(999), at(1000));
    println!(
        "{what:44} p50 {p50:8.2} ms  p95 {p95:8.2}  p99 {p99:8.2}  p99.9 {p999:8.2}  max {most:8.2}   ({} times)",
        taken.len()
    );
}

pub(super) fn millis(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1000.0
}

/// How many runnable processes the machine had over the last minute.
pub(super) fn load_of_the_machine() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap();
    text.split_whitespace().next().unwrap().to_owned()
}
