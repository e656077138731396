//! What is to be decided at a moment to come: kept in the database, so that a moment that passed while nobody was there
//! is not missed.

use std::time::Duration;

use super::spec::EnvironmentName;
use super::{EventId, Timestamp};

/// How much longer than one settle time newer and newer versions may put an update off.
const PATIENCE: u32 = 6;

/// What it is time for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TimerKey {
    /// Look whether an environment should take newer versions.
    Update(EnvironmentName),
    /// The hold of an environment's updates ends.
    HoldEnds(EnvironmentName),
}

/// A timer that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it is due.
    pub due_at: Timestamp,
    /// When it was set first: setting it again puts it off.
    pub since: Timestamp,
    /// The event that set it last: with the key, what tells it from all others.
    pub set_by: EventId,
}

impl TimerKey {
    /// The stored form: `update:sprint-42`.
    pub fn to_text(&self) -> String {
        match self {
            Self::Update(environment) => format!("update:{environment}"),
            Self::HoldEnds(environment) => format!("hold:{environment}"),
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        match kind {
            "update" => Some(Self::Update(EnvironmentName::new(id))),
            "hold" => Some(Self::HoldEnds(EnvironmentName::new(id))),
            _ => None,
        }
    }

    /// What it is about; its decisions stay in order with the object's others.
    pub fn environment(&self) -> &EnvironmentName {
        match self {
            Self::Update(environment) | Self::HoldEnds(environment) => environment,
        }
    }
}

impl Timer {
    /// A timer for a moment.
    pub fn at(due_at: Timestamp, now: Timestamp, set_by: &EventId) -> Self {
        Self { due_at, since: now, set_by: set_by.clone() }
    }

    /// A settle time from now: set again it is put off, but not for ever.
    pub fn settling(so_far: Option<&Self>, settle: Duration, (now, set_by): (Timestamp, &EventId)) -> Self {
        let since = so_far.map_or(now, |timer| timer.since);
        let latest = since.plus(settle * PATIENCE);
        Self { due_at: now.plus(settle).min(latest.max(now)), since, set_by: set_by.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushes_put_an_update_off_but_not_for_ever() {
        let settle = Duration::from_secs(10);
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let event = EventId::new("e");
        let mut timer = Timer::settling(None, settle, (at(0), &event));
        assert_eq!(timer.due_at, at(10));
        for seconds in [5, 14, 23, 32, 41, 50, 55, 59] {
            timer = Timer::settling(Some(&timer), settle, (at(seconds), &event));
        }
        assert_eq!((timer.due_at, timer.since), (at(60), at(0)));
    }
}
