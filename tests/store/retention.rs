//! What is kept how long.

use std::time::Duration;

use chamberlain::change::{Decision, Parked, Why};
use chamberlain::ports::{Arrived, Intake};
use chamberlain::store::{Commit, retention};

use crate::ledger::{Ledger, arrival, each};

/// Takes an arrival in, and ends it.
async fn done(ledger: &mut Ledger, key: &str, decision: Decision) {
    ledger.store.arrive(arrival(key, "lane")).await.unwrap();
    let claimed = ledger.handover.arrivals.recv().await.unwrap();
    let now = ledger.store.clock().now();
    ledger.store.commit(Commit::of(&claimed, &decision, now, "rules")).await.unwrap();
}

async fn forget(ledger: &Ledger, bodies: Duration, keys: Duration) -> u64 {
    let now = ledger.store.clock().now();
    let (bodies, keys) = (now.minus(bodies), now.minus(keys));
    let (mut changed, mut next) = (0, Some(retention::START));
    while let Some(after) = next {
        let walked = ledger
            .store
            .write(move |tx| Box::pin(async move { retention::forget_arrivals(tx, (bodies, keys), after).await }));
        let walked = walked.await.unwrap();
        (changed, next) = (changed + walked.changed, walked.next);
    }
    changed
}

/// However many there are, each transaction looks at a part, and the young are not looked at.
#[tokio::test]
async fn a_walk_over_many_goes_in_parts_and_ends_at_the_young() {
    let day = Duration::from_hours(24);
    for ledger in each().await {
        let keys = |from: usize, to: usize| (from..to).map(|number| number.to_string()).collect::<Vec<_>>();
        for keys in [keys(0, 1500), keys(1500, 4000)] {
            futures::future::join_all(keys.iter().map(|key| ledger.store.arrive(arrival(key, key)))).await;
            ledger.clock.pass(day * 2);
        }
        let now = ledger.store.clock().now();
        let before = (now.minus(day * 3), now.minus(day * 30));
        let mut parts = 0;
        let mut next = Some(retention::START);
        while let Some(after) = next {
            let walked = ledger
                .store
                .write(move |tx| Box::pin(async move { retention::forget_arrivals(tx, before, after).await }));
            next = walked.await.unwrap().next;
            parts += 1;
        }
        assert_eq!(parts, 2, "4,000 rows, of which 1,500 are old enough");
    }
}

#[tokio::test]
async fn what_was_done_is_forgotten_in_time_and_what_was_parked_never() {
    for mut ledger in each().await {
        done(&mut ledger, "old", Decision::Nothing(Why::Talk)).await;
        done(&mut ledger, "parked", Decision::Parked(Parked { reason: "a bug".into(), reply: None })).await;
        let day = Duration::from_hours(24);
        assert_eq!(forget(&ledger, day, day * 30).await, 0, "it is of today");
        ledger.clock.pass(day * 2);
        assert_eq!(forget(&ledger, day, day * 30).await, 1, "its words go first");
        assert_eq!(forget(&ledger, day, day * 30).await, 0);
        assert_eq!(ledger.store.arrive(arrival("old", "lane")).await.unwrap(), Arrived::Seen);
        ledger.clock.pass(day * 30);
        assert_eq!(forget(&ledger, day, day * 30).await, 1);
        assert!(matches!(ledger.store.arrive(arrival("old", "lane")).await.unwrap(), Arrived::New(_)));
        assert_eq!(ledger.store.arrive(arrival("parked", "lane")).await.unwrap(), Arrived::Seen);
    }
}
