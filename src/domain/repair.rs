//! How a component that ended by itself is started again: soon at first, then after longer and longer waits, and not
//! for ever.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The first wait; doubled with every try.
const WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How often it is tried before a person is asked.
const TRIES: u32 = 8;
/// What went well for this long was well: the next end is a story of its own.
const CALM: Duration = Duration::from_mins(10);

/// The tries so far to bring a component up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// When the first was made: the name of this story.
    pub since: Timestamp,
    /// How many were made.
    pub tries: u32,
    /// When the last was made.
    pub last: Timestamp,
}

/// What is to be done about a component that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextTry {
    /// Start it; these are the tries with this one.
    Now(Repair),
    /// Wait until then.
    At(Timestamp),
    /// Leave it to a person.
    GiveUp,
}

/// When a component that is down is to be started again.
pub fn next_try(so_far: Option<&Repair>, now: Timestamp) -> NextTry {
    let Some(repair) = so_far.filter(|repair| now.since(repair.last) < CALM || repair.tries >= TRIES) else {
        return NextTry::Now(Repair { since: now, tries: 1, last: now });
    };
    if repair.tries >= TRIES {
        return NextTry::GiveUp;
    }
    let due = repair.last.plus(wait(repair.tries));
    if now < due { NextTry::At(due) } else { NextTry::Now(Repair { tries: repair.tries + 1, last: now, ..*repair }) }
}

fn wait(tries: u32) -> Duration {
    WAIT.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn waits_grow_and_end() {
        let mut repair = match next_try(None, at(0)) {
            NextTry::Now(repair) => repair,
            other => panic!("{other:?}"),
        };
        let mut waits = Vec::new();
        while let NextTry::At(due) = next_try(Some(&repair), repair.last) {
            waits.push(due.since(repair.last).as_secs());
            let NextTry::Now(next) = next_try(Some(&repair), due) else { panic!("it is due") };
            repair = next;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64]);
        assert_eq!(next_try(Some(&repair), repair.last.plus(CALM * 9)), NextTry::GiveUp, "until a person says so");
    }

    #[test]
    fn after_a_calm_time_it_is_another_story() {
        let repair = Repair { since: at(0), tries: 3, last: at(60) };
        let NextTry::Now(next) = next_try(Some(&repair), at(60 + 600)) else { panic!("it is due") };
        assert_eq!(next, Repair { since: at(660), tries: 1, last: at(660) });
    }
}
