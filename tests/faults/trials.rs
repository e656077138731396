//! The runner: several trials at once, since most of them wait for leases and time-outs, and the report at the end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::report::Report;

/// How many run at once.
const AT_ONCE: usize = 5;
/// The one that leaves the others nothing of the machine.
const ALONE: &str = "overload";

/// What a trial is run with.
#[derive(Clone)]
pub(crate) struct Run {
    /// Whether it may take its time: `CHAMBERLAIN_TEST_LONG=1`.
    pub(crate) is_long: bool,
    /// Of all choices: `CHAMBERLAIN_TEST_SEED`.
    pub(crate) seed: u64,
    pub(crate) report: Report,
}

/// A trial, by its name.
pub(crate) struct Trial {
    pub(crate) name: &'static str,
    pub(crate) run: fn(Run) -> BoxFuture<'static, ()>,
}

/// Runs those that the command line names, or all of them.
pub(crate) fn run(trials: Vec<Trial>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        for trial in &trials {
            println!("{}: test", trial.name);
        }
        return ExitCode::SUCCESS;
    }
    let names: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let is_named = |trial: &Trial| names.is_empty() || names.iter().any(|name| trial.name.contains(name.as_str()));
    let trials: Vec<Trial> = trials.into_iter().filter(is_named).collect();
    if trials.is_empty() {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let failed = runtime.block_on(run_all(trials));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run_all(trials: Vec<Trial>) -> usize {
    let run = Run { is_long: is_long(), seed: seed(), report: Report::default() };
    println!("CHAMBERLAIN_TEST_SEED={}", run.seed);
    let free = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for Trial { name, run: trial } in trials {
        let (free, run) = (free.clone(), run.clone());
        running.spawn(async move {
            let turns = if name == ALONE { AT_ONCE } else { 1 };
            let _turn = free.acquire_many(u32::try_from(turns).unwrap()).await.unwrap();
            let began = Instant::now();
            // A task of its own, so that a panic ends nothing else.
            let mut alone = JoinSet::new();
            alone.spawn(trial(run));
            let is_well = alone.join_next().await.is_some_and(|ended| ended.is_ok());
            let how = if is_well { "ok" } else { "FAILED" };
            println!("trial {name} ... {how} ({} s)", began.elapsed().as_secs());
            is_well
        });
    }
    let failed = running.join_all().await.into_iter().filter(|is_well| !is_well).count();
    println!("{}", run.report.told());
    failed
}

#[expect(clippy::disallowed_methods, reason = "how long a test goes on is told by its environment")]
pub(crate) fn is_long() -> bool {
    std::env::var("CHAMBERLAIN_TEST_LONG").is_ok_and(|value| value == "1")
}

#[expect(clippy::disallowed_methods, reason = "so that a run that failed can be repeated")]
fn seed() -> u64 {
    std::env::var("CHAMBERLAIN_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random)
}
