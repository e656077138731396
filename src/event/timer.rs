//! Timers that fired.

use super::{Arrival, Source, Unreadable};
use crate::domain::Lane;
use crate::domain::timer::{Timer, TimerKey};

/// A fired timer as it goes into the inbox: in the lane of its object, once for each time it was set.
pub fn arrival(key: &TimerKey, timer: &Timer) -> Arrival {
    let text = key.to_text();
    Arrival {
        source: Source::Timer,
        dedup_key: format!("{text}#{}", timer.set_by),
        lane: Lane::new(format!("environment:{}", key.environment())),
        body: text,
        talk: None,
        trace: None,
    }
}

/// Reads a fired timer.
pub(super) fn read(body: &str) -> Result<TimerKey, Unreadable> {
    TimerKey::parse(body).ok_or_else(|| Unreadable(format!("there is no timer `{body}`")))
}
