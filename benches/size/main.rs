//! How the house does when it has grown large: ten thousand rooms and environments, millions of lines in the audit.
//! `cargo bench --bench size`; `docs/benchmarks.md` tells what is measured.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

mod audit;
mod crowd;
mod itself;
mod rest;
mod still;
#[path = "../../tests/support/versions.rs"]
mod versions;

use std::time::Duration;

/// How large it is.
struct Size {
    /// Iterations, each with a room and an environment.
    iterations: usize,
    /// How long the house is left alone: longer than each environment goes without a look.
    rest: Duration,
    /// Lines of the audit.
    lines: u64,
    /// How often a start is measured.
    starts: usize,
}

const WHOLE: Size = Size { iterations: 10_000, rest: Duration::from_mins(6), lines: 10_000_000, starts: 10 };
const QUICK: Size = Size { iterations: 200, rest: Duration::from_secs(20), lines: 100_000, starts: 3 };

/// A part of the measurement.
type Part = fn(&Size);

const PARTS: [(&str, Part); 2] = [("rest", rest::measure), ("audit", audit::measure)];

fn main() {
    // As the program does: fails only when there is one already, and then there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let size = if arguments.iter().any(|name| name == "--quick") { QUICK } else { WHOLE };
    for (name, part) in PARTS {
        if named.iter().all(|name| *name == "size") || named.contains(&name) {
            println!("-- {name}");
            part(&size);
        }
    }
}

/// Prints the median and the tail.
fn tell(what: &str, mut taken: Vec<Duration>) {
    taken.sort_unstable();
    let at = |part: usize| taken[(taken.len() * part / 100).min(taken.len() - 1)].as_secs_f64() * 1000.0;
    println!("{what:44} median {:8.2} ms   p99 {:8.2} ms   ({} times)", at(50), at(99), taken.len());
}
