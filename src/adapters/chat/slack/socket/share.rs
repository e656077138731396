//! How many of an app's connections a process keeps, when several processes share the app.

use tokio::sync::watch;

use crate::domain::Crew;

/// Slack allows so many connections of an app at once
/// ([Socket Mode](https://docs.slack.dev/apis/events-api/using-socket-mode)).
const ALLOWED: u32 = 10;

/// So many are left for those that are opened before Slack closes the ones before them.
const SPARE: u32 = 2;

/// A process's part of the connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many it keeps.
    pub slots: u32,
    /// How many the others may have open, at most.
    pub others: u32,
}

impl Share {
    /// The part of a process among its crew, each of whom would like `wanted`. Who has just come keeps one at most
    /// until the others have made room.
    pub fn of(crew: Crew, wanted: u32) -> Self {
        let slots = wanted.min(part(crew));
        let slots = if crew.is_settled || crew.count <= 1 { slots } else { slots.min(1) };
        let others = if crew.count <= 1 { 0 } else { ALLOWED.min(wanted.saturating_mul(crew.count - 1) + SPARE) };
        Self { slots, others }
    }

    /// The whole, for who is and stays alone.
    pub fn whole(slots: u32) -> watch::Receiver<Self> {
        watch::channel(Self { slots, others: 0 }).1
    }
}

/// What is to be shared is shared evenly; the first few have one more.
fn part(crew: Crew) -> u32 {
    let (all, count) = (ALLOWED - SPARE, crew.count.max(1));
    all / count + u32::from(crew.rank < all % count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn crew(rank: u32, count: u32, is_settled: bool) -> Crew {
        Crew { count, rank, is_settled }
    }

    #[test]
    fn the_table_of_shares() {
        let rows = [
            (crew(0, 1, true), 2, 2),
            (crew(0, 1, false), 5, 5),
            (crew(1, 2, true), 2, 2),
            (crew(1, 2, true), 5, 4),
            (crew(1, 2, false), 5, 1),
            (crew(1, 3, true), 5, 3),
            (crew(2, 3, true), 5, 2),
            (crew(8, 9, true), 2, 0),
        ];
        for (crew, wanted, slots) in rows {
            assert_eq!(Share::of(crew, wanted).slots, slots, "{crew:?} {wanted}");
        }
    }

    proptest! {
        #[test]
        fn together_they_leave_room_for_successors(count in 1_u32..30, wanted in 2_u32..=5) {
            let all: u32 = (0..count).map(|rank| Share::of(crew(rank, count, true), wanted).slots).sum();
            prop_assert!(all <= ALLOWED - SPARE);
            prop_assert!(Share::of(crew(0, count, true), wanted).slots > 0);
        }

        #[test]
        fn somebody_more_finds_room(count in 1_u32..8, wanted in 2_u32..=5) {
            let before: u32 = (0..count).map(|rank| Share::of(crew(rank, count, true), wanted).slots).sum();
            prop_assert!(before + Share::of(crew(count, count + 1, false), wanted).slots <= ALLOWED);
        }
    }
}
