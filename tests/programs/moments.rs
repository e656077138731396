//! Tells on standard output which moment the process is in, and holds it there when standard input said so.

use std::io::{BufRead, Write};
use std::sync::{Condvar, Mutex, PoisonError};

use chamberlain::domain::moment;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Which moment to stay in, and how often it goes by before.
static HOLD: Mutex<Option<(String, usize)>> = Mutex::new(None);
/// How often whoever stays in a moment was let go, and word of it.
static RELEASED: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Listens to moments, and to whoever started us: a line `hold <moment> <times>`, `release`, what `obey` knows, or the
/// end.
pub(crate) fn listen(obey: impl Fn(&str) + Send + 'static) -> anyhow::Result<()> {
    let ours = Targets::new().with_target(moment::TARGET, Level::TRACE);
    let log = Targets::new().with_default(LevelFilter::INFO).with_target(moment::TARGET, LevelFilter::OFF);
    tracing_subscriber::registry()
        .with(Moments.with_filter(ours))
        .with(SetBack.with_filter(Targets::new().with_target(SET_BACK, Level::WARN)))
        .with(fmt::layer().with_ansi(false).with_writer(std::io::stderr).with_filter(log))
        .try_init()?;
    std::thread::Builder::new().spawn(move || obey_all(&obey))?;
    Ok(())
}

/// Tells a line; whoever is gone is told no more.
pub(crate) fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}

fn obey_all(obey: &dyn Fn(&str)) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["hold", name, times] => {
                let hold = times.parse().ok().map(|times| ((*name).to_owned(), times));
                *HOLD.lock().unwrap_or_else(PoisonError::into_inner) = hold;
                tell("ready to hold");
            }
            ["release"] => {
                *RELEASED.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                RELEASED.1.notify_all();
            }
            _ => obey(&line),
        }
    }
    std::process::exit(0);
}

/// Stays here until the next release.
fn stay() {
    let released = RELEASED.0.lock().unwrap_or_else(PoisonError::into_inner);
    let before = *released;
    drop(RELEASED.1.wait_while(released, |released| *released == before));
}

/// Who says that a clock which was set back is noticed, and what was put off brought forward.
const SET_BACK: &str = "chamberlain::runtime::set_back";

struct SetBack;

impl<S: Subscriber> Layer<S> for SetBack {
    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        tell("set back");
    }
}

struct Moments;

impl<S: Subscriber> Layer<S> for Moments {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut name = Name(String::new());
        event.record(&mut name);
        tell(&format!("moment {}", name.0));
        if is_to_be_held(&name.0) {
            tell(&format!("held {}", name.0));
            stay();
        }
    }
}

fn is_to_be_held(name: &str) -> bool {
    let mut hold = HOLD.lock().unwrap_or_else(PoisonError::into_inner);
    match hold.as_mut() {
        Some((wanted, times)) if wanted == name && *times > 0 => *times -= 1,
        Some((wanted, 0)) if wanted == name => {
            *hold = None;
            return true;
        }
        _ => {}
    }
    false
}

struct Name(String);

impl Visit for Name {
    fn record_str(&mut self, _: &Field, value: &str) {
        value.clone_into(&mut self.0);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
