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
    ledger.store.write(move |tx| Box::pin(async move { retention::forget(tx, bodies, keys).await })).await.unwrap()
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
