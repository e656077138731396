//! Which part of Slack's connections is ours while processes come and go. Smaller it becomes at once; greater only when
//! the connections of whoever went count no more.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::adapters::chat::slack::socket::Share;
use crate::domain::Crew;

/// Keeps our part as it should be; connections of a process that is gone may count for `gone`.
pub(super) async fn share_out(
    mut crew: watch::Receiver<Crew>,
    shares: &watch::Sender<Share>,
    most: u32,
    gone: Duration,
) {
    let mut sharing = Sharing { crew: *crew.borrow_and_update(), most, gone, held_until: None };
    loop {
        let (share, again) = sharing.share(*shares.borrow(), Instant::now());
        shares.send_if_modified(|before| std::mem::replace(before, share) != share);
        let changed = match again {
            Some(again) => tokio::time::timeout_at(again.into(), crew.changed()).await.unwrap_or(Ok(())),
            None => crew.changed().await,
        };
        if changed.is_err() {
            return;
        }
        sharing.meet(*crew.borrow_and_update(), Instant::now());
    }
}

/// What is known of those who share.
struct Sharing {
    crew: Crew,
    most: u32,
    gone: Duration,
    /// Until when connections of somebody who went may count.
    held_until: Option<Instant>,
}

impl Sharing {
    /// Takes over who is at work now. One who comes stands behind us, so that our rank falls only when somebody went,
    /// though as many came.
    fn meet(&mut self, crew: Crew, now: Instant) {
        let before = std::mem::replace(&mut self.crew, crew);
        if crew.count < before.count || crew.rank < before.rank {
            self.held_until = now.checked_add(self.gone);
        }
    }

    /// Our part, given the one that we have, and when to ask again if nothing changes.
    fn share(&mut self, ours: Share, now: Instant) -> (Share, Option<Instant>) {
        let whole = Share::of(self.crew, self.most);
        self.held_until = self.held_until.filter(|until| now < *until);
        match self.held_until {
            Some(_) => {
                let share = Share { slots: whole.slots.min(ours.slots), others: whole.others.max(ours.others) };
                (share, self.held_until)
            }
            None => (whole, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GONE: Duration = Duration::from_mins(1);

    fn crew(rank: u32, count: u32) -> Crew {
        Crew { count, rank, is_settled: true }
    }

    fn share(slots: u32, others: u32) -> Share {
        Share { slots, others }
    }

    /// What becomes of our part of up to five connections, when these are at work after so many seconds.
    fn parts(crews: &[(u64, Crew)]) -> Vec<u32> {
        let start = Instant::now();
        let mut sharing = Sharing { crew: crews[0].1, most: 5, gone: GONE, held_until: None };
        let mut ours = sharing.share(share(0, 0), start).0;
        let mut parts = vec![ours.slots];
        for (seconds, crew) in &crews[1..] {
            let now = start + Duration::from_secs(*seconds);
            sharing.meet(*crew, now);
            ours = sharing.share(ours, now).0;
            parts.push(ours.slots);
        }
        parts
    }

    #[test]
    fn the_table_of_comings_and_goings() {
        for (crews, expected) in [
            // One goes, and a minute later there is room.
            (vec![(0, crew(0, 2)), (1, crew(0, 1)), (60, crew(0, 1)), (61, crew(0, 1))], vec![4, 4, 4, 5]),
            // One comes: room is made at once.
            (vec![(0, crew(0, 1)), (1, crew(0, 2))], vec![5, 4]),
            // One goes and another comes.
            (vec![(0, crew(2, 3)), (1, crew(1, 3)), (62, crew(1, 3))], vec![2, 2, 3]),
            // Another goes meanwhile: the minute begins anew.
            (
                vec![(0, crew(1, 3)), (1, crew(1, 2)), (50, crew(0, 1)), (62, crew(0, 1)), (110, crew(0, 1))],
                vec![3, 3, 3, 3, 5],
            ),
            // Who went has come back, and goes: what changes meanwhile does not shorten the minute.
            (vec![(0, crew(0, 2)), (1, crew(0, 1)), (2, crew(0, 2)), (3, crew(0, 1)), (4, crew(0, 1))], vec![4; 5]),
            // It becomes smaller while it waits to grow.
            (vec![(0, crew(0, 2)), (1, crew(0, 1)), (2, crew(0, 4)), (62, crew(0, 4))], vec![4, 4, 2, 2]),
        ] {
            assert_eq!(parts(&crews), expected, "{crews:?}");
        }
    }

    #[test]
    fn who_has_just_come_takes_its_part_when_the_others_have_made_room() {
        let unsettled = Crew { is_settled: false, ..crew(1, 2) };
        assert_eq!(parts(&[(0, unsettled), (2, crew(1, 2))]), [1, 4]);
    }

    #[test]
    fn as_long_as_connections_of_others_may_count_they_are_taken_into_account() {
        let start = Instant::now();
        let mut sharing = Sharing { crew: crew(0, 2), most: 2, gone: GONE, held_until: None };
        let ours = sharing.share(share(2, 4), start).0;
        sharing.meet(crew(0, 1), start);
        let (held, again) = sharing.share(ours, start);
        assert_eq!((held, again), (share(2, 4), Some(start + GONE)));
        assert_eq!(sharing.share(held, start + GONE), (share(2, 0), None));
    }

    proptest! {
        #[test]
        fn within_a_minute_of_a_going_nothing_grows(
            steps in proptest::collection::vec((0_u64..40, 0_u32..6, 1_u32..6), 1..20), most in 1_u32..=5,
        ) {
            let mut now = Instant::now();
            let mut sharing = Sharing { crew: crew(0, 6), most, gone: GONE, held_until: None };
            let (mut ours, mut went_at) = (sharing.share(share(0, 0), now).0, None);
            let mut count_before = 6;
            for (seconds, rank, count) in steps {
                now += Duration::from_secs(seconds);
                sharing.meet(crew(rank.min(count - 1), count), now);
                if count < count_before {
                    went_at = Some(now);
                }
                count_before = count;
                let share = sharing.share(ours, now).0;
                let is_early = went_at.is_some_and(|went_at| now < went_at + GONE);
                prop_assert!(share.slots <= ours.slots || !is_early);
                prop_assert!(share.slots <= Share::of(sharing.crew, most).slots, "room is made at once");
                ours = share;
            }
            let last = sharing.share(ours, now + GONE);
            prop_assert_eq!(last, (Share::of(sharing.crew, most), None), "what is ours comes in the end");
        }
    }

    #[tokio::test]
    async fn whoever_keeps_the_sockets_is_told() {
        for (gone, expected) in [(Duration::from_millis(5), share(5, 0)), (Duration::from_hours(1), share(2, 10))] {
            let (meet, crews) = watch::channel(crew(0, 2));
            let (shares, mut told) = watch::channel(share(0, 0));
            let telling = async {
                told.wait_for(|share| share.slots == 4).await.unwrap();
                meet.send_replace(crew(0, 1));
                if gone > GONE {
                    // It is held: what comes next is smaller.
                    meet.send_replace(crew(0, 4));
                }
                *told.wait_for(|share| *share == expected).await.unwrap()
            };
            let sharing = share_out(crews, &shares, 5, gone);
            tokio::select! {
                () = sharing => panic!("it has ended"),
                told = telling => assert_eq!(told, expected),
            }
        }
    }
}
