//! Nothing stored is lost or done twice, whoever dies.

use chamberlain::change::{Decision, Parked, Why};
use chamberlain::ports::{Arrived, Intake};
use chamberlain::store::inbox::{self, Claimed};
use chamberlain::store::{Commit, Committed};

use crate::ledger::{self, Ledger, arrival};

async fn claim(ledger: &Ledger) -> Vec<Claimed> {
    let worker = ledger.store.worker();
    ledger.store.write(move |tx| Box::pin(async move { inbox::claim(tx, &worker).await })).await.unwrap()
}

fn keys(claimed: &[Claimed]) -> Vec<&str> {
    claimed.iter().map(|claimed| claimed.raw.dedup_key.as_str()).collect()
}

fn nothing(claimed: &Claimed, ledger: &Ledger) -> Commit {
    Commit::of(claimed, &Decision::Nothing(Why::Empty), ledger.store.clock().now(), "")
}

#[tokio::test]
async fn the_same_arrival_is_stored_once_and_handed_over_once() {
    for mut ledger in ledger::each().await {
        let together = (0..20).map(|_| ledger.store.arrive(arrival("a", "lane")));
        let arrived = futures::future::join_all(together).await;
        assert_eq!(arrived.iter().filter(|arrived| matches!(arrived, Ok(Arrived::New(_)))).count(), 1);
        assert_eq!(ledger.handover.arrivals.recv().await.unwrap().raw.dedup_key, "a");
        assert!(ledger.handover.arrivals.try_recv().is_err());
    }
}

#[tokio::test]
async fn arrivals_are_handed_over_in_the_order_of_their_rows() {
    for mut ledger in ledger::each().await {
        for number in 0..40 {
            ledger.store.arrive(arrival(&format!("{number}"), "lane")).await.unwrap();
        }
        for number in 0..40 {
            assert_eq!(ledger.handover.arrivals.recv().await.unwrap().raw.dedup_key, format!("{number}"));
        }
    }
}

#[tokio::test]
async fn what_a_dead_process_held_is_taken_over_where_it_lived() {
    for ledger in ledger::each().await {
        for key in ["a", "b", "c"] {
            ledger.store.arrive(arrival(key, "lane")).await.unwrap();
        }
        let ledger = ledger.killed_and_reopened().await;
        let claimed = claim(&ledger).await;
        assert_eq!(keys(&claimed), ["a", "b", "c"], "who lives there now knows that nobody else does");
        assert!(claimed.iter().all(|claimed| claimed.claim.attempt == 2), "a try lies behind");
        assert!(claim(&ledger).await.is_empty(), "claimed once");
        for claimed in &claimed {
            assert_eq!(ledger.store.commit(nothing(claimed, &ledger)).await.unwrap(), Committed::Done);
        }
        assert_eq!(ledger.store.count_open().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_lost_claim_writes_nothing() {
    for mut ledger in ledger::each().await {
        ledger.store.arrive(arrival("a", "lane")).await.unwrap();
        let mine = ledger.handover.arrivals.recv().await.unwrap();
        assert_eq!(ledger.store.commit(nothing(&mine, &ledger)).await.unwrap(), Committed::Done);
        let parked = Decision::Parked(Parked { reason: "late".into(), reply: None });
        let late = Commit::of(&mine, &parked, ledger.store.clock().now(), "");
        assert_eq!(ledger.store.commit(late).await.unwrap(), Committed::ClaimLost);
        let outcomes = inbox::outcomes(&mut ledger.store.reader().await.unwrap(), &mine.raw.id).await.unwrap();
        assert_eq!(outcomes, [(mine.raw.id.clone(), Some(inbox::Outcome::Nothing))]);
    }
}

#[tokio::test]
async fn parts_of_one_arrival_become_rows_in_its_lane() {
    for mut ledger in ledger::each().await {
        ledger.store.arrive(arrival("a", "lane")).await.unwrap();
        let mine = ledger.handover.arrivals.recv().await.unwrap();
        ledger.store.commit(Commit::split(&mine, 2)).await.unwrap();
        for part in 0..2 {
            let child = ledger.handover.arrivals.recv().await.unwrap();
            assert_eq!((child.raw.id.part(), child.raw.lane), (Some(part), mine.raw.lane.clone()));
        }
        assert_eq!(ledger.store.commit(Commit::split(&mine, 2)).await.unwrap(), Committed::ClaimLost, "split once");
    }
}
