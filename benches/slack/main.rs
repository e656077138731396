//! How the program does in Slack: the released program against a workspace that this bench plays, under load and
//! under faults. `cargo bench --bench slack`; `docs/benchmarks.md` tells what is measured and how.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

mod envelopes;
mod faults;
mod figures;
mod hour;
mod load;
#[path = "../../tests/support/postgres.rs"]
#[expect(dead_code, unreachable_pub, reason = "tests use it too")]
mod postgres;
mod program;
#[path = "../../tests/support/required.rs"]
#[expect(unreachable_pub, reason = "tests use it too")]
mod required;
mod speed;
mod stores;
mod workspace;
mod world;

use std::time::Duration;

use program::Ground;
use workspace::Workspace;

/// How much of each is measured.
struct Rounds {
    starts: usize,
    settle: Duration,
    /// Messages at a pace, and as many as are in flight all the time.
    paced: usize,
    flood: usize,
    /// With every call taking long.
    slow: usize,
    /// With each number of commands.
    commands: usize,
    faults: usize,
    hour: Duration,
}

const WHOLE: Rounds = Rounds {
    starts: 20,
    settle: Duration::from_secs(5),
    paced: 600,
    flood: 10_000,
    slow: 3_000,
    commands: 5_000,
    faults: 300,
    hour: Duration::from_hours(1),
};
const QUICK: Rounds = Rounds {
    starts: 3,
    settle: Duration::from_secs(1),
    paced: 60,
    flood: 1_000,
    slow: 300,
    commands: 500,
    faults: 60,
    hour: Duration::from_mins(1),
};

/// A part of the measurement.
type Part = fn(&Workspace, &Ground, &Rounds);

const PARTS: [(&str, Part); 8] = [
    ("start", speed::starts),
    ("paced", speed::paced),
    ("flood", speed::flood),
    ("stores", stores::stores),
    ("slow", speed::slow),
    ("commands", speed::commands),
    ("faults", faults::all),
    (HOUR, hour::hour),
];
/// The part that runs only when it is named.
const HOUR: &str = "hour";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |part: &str| named.contains(&part) || (part != HOUR && named.iter().all(|name| *name == "slack"));
    let rounds = if arguments.iter().any(|name| name == "--quick") { QUICK } else { WHOLE };
    let place = tempfile::tempdir().unwrap();
    // The bot has one core for itself, as the peers had; everything of the bench is on the other.
    program::pin(program::OURS);
    let workspace = Workspace::open();
    let ground = Ground::new(place.path(), &workspace);
    for (name, part) in PARTS {
        if is_wanted(name) {
            println!("-- {name} (load of the machine before: {})", figures::load_of_the_machine());
            part(&workspace, &ground, &rounds);
        }
    }
}
