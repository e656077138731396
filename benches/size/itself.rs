//! What this process has taken of the machine, as the kernel counts it.

use std::time::Duration;

/// The clock of `/proc`: ticks a second on every Linux.
const TICKS: u64 = 100;

/// The time of the machine, by itself and in the kernel for it.
pub(super) fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name, which may hold anything: user and system are the 14th and 15th field of the line.
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// The resident memory, and what of it is no file's, in megabytes.
pub(super) fn memory() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |field: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim_start_matches(':').trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1024.0
    };
    (of("VmRSS"), of("RssAnon"))
}
