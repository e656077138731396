//! Retention takes whole old batches, leaves their seals, and writes down what it took.

use std::time::Duration;

use chamberlain::store::StoreError;
use chamberlain::store::seals::{Removal, removable, remove};

use super::{batches, decided, forget, seal, told, verified};
use crate::ledger::{self, Ledger};

const DAY: Duration = Duration::from_hours(24);

/// Two old batches (lines 1 to 5), one of yesterday (6 to 9), and one of now (10).
async fn aged() -> Vec<Ledger> {
    let ledgers = ledger::each().await;
    for ledger in &ledgers {
        batches(ledger, &[3, 2]).await;
        ledger.clock.pass(DAY * 30);
        batches(ledger, &[4]).await;
        ledger.clock.pass(DAY);
        batches(ledger, &[1]).await;
    }
    ledgers
}

#[tokio::test]
async fn whole_batches_go_when_all_their_lines_are_old_and_their_seals_stay() {
    for ledger in aged().await {
        assert_eq!(forget(&ledger, DAY * 40).await, 0);
        assert_eq!(forget(&ledger, DAY * 7).await, 1);
        let found = verified(&ledger.url).await;
        assert_eq!(found.damages, []);
        let sealed = found.sealed.unwrap();
        assert_eq!((sealed.seal.number, sealed.line, sealed.batches, sealed.lines), (Some(5), Some(10), 4, 5));
        assert_eq!((found.removed.batches, found.removed.lines), (2, 5));
        assert_eq!((found.removed.at, found.removed.kept), (Some(ledger.clock_now()), Some(7 * 86_400_000)));
        assert_eq!(forget(&ledger, DAY * 7).await, 0, "once is enough");
        decided(&ledger, 2).await;
        assert_eq!(seal(&ledger).await, 1);
        ledger.clock.pass(DAY * 400);
        assert_eq!(forget(&ledger, DAY * 7).await, 1);
        let found = verified(&ledger.url).await;
        assert_eq!((found.damages.len(), found.removed.lines), (0, 10));
        assert_eq!(found.sealed.unwrap().lines, 2, "the newest batch stays, however old: numbers are not given twice");
        decided(&ledger, 1).await;
        assert_eq!(seal(&ledger).await, 1);
        assert_eq!(verified(&ledger.url).await.sealed.unwrap().line, Some(13));
    }
}

#[tokio::test]
async fn much_that_is_old_goes_in_bounded_steps() {
    for ledger in ledger::each().await {
        batches(&ledger, &[400, 400, 400, 1500, 10, 1]).await;
        ledger.clock.pass(DAY * 30);
        assert_eq!(forget(&ledger, DAY).await, 4, "800, 400, 1500, 10");
        let found = verified(&ledger.url).await;
        assert_eq!((found.damages.len(), found.removed.lines, found.sealed.unwrap().lines), (0, 2710, 1));
    }
}

#[tokio::test]
async fn what_a_hand_removes_is_told_apart_and_so_is_what_comes_back() {
    for ledger in aged().await {
        forget(&ledger, DAY * 7).await;
        ledger.run_sql("DELETE FROM audit WHERE seq BETWEEN 6 AND 9".into()).await;
        assert_eq!(told(&ledger.url).await, ["batch 3: lines 6 to 9 are missing, and no retention removed it"]);
        let overriding = if ledger.store.is_alone() { "" } else { "OVERRIDING SYSTEM VALUE" };
        let back = format!(
            "INSERT INTO audit (seq, at, event, actor, outcome, rules, trace) {overriding} \
             VALUES (2, 7, 'e', 'eve', 'changed', 'r1', 't')"
        );
        ledger.run_sql(back).await;
        assert_eq!(told(&ledger.url).await[0], "batch 1: line 2 is there though retention removed the batch");
    }
}

#[tokio::test]
async fn what_was_changed_is_not_removed_before_somebody_has_looked() {
    for ledger in aged().await {
        ledger.run_sql("UPDATE audit SET actor = 'eve' WHERE seq = 4".into()).await;
        assert_eq!(removable(&ledger.store, DAY * 7).await.unwrap(), Removal::Spoiled(2));
        assert_eq!(told(&ledger.url).await, ["batch 2: line 4 was changed after the seal"]);
    }
}

#[tokio::test]
async fn a_removal_that_somebody_else_was_faster_with_takes_nothing() {
    for ledger in aged().await {
        let Removal::Lines { line, after, seal: old } = removable(&ledger.store, DAY * 7).await.unwrap() else {
            panic!("something is old")
        };
        batches(&ledger, &[1]).await;
        let late = ledger.store.write(move |tx| Box::pin(async move { remove(tx, (line, after), &old).await })).await;
        assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
        let found = verified(&ledger.url).await;
        assert_eq!((found.damages.len(), found.removed.lines, found.sealed.unwrap().lines), (0, 0, 11));
        assert_eq!(forget(&ledger, DAY * 7).await, 1);
    }
}

/// A seal of a removal that is made up by the rules, but too early by what it says itself.
#[tokio::test]
async fn a_removal_of_what_was_young_is_found() {
    for ledger in aged().await {
        let Removal::Lines { seal, .. } = removable(&ledger.store, DAY * 7).await.unwrap() else {
            panic!("something is old")
        };
        ledger.clock.pass(DAY);
        assert_eq!(forget(&ledger, Duration::from_secs(1)).await, 1);
        let number = seal.number;
        // It says another rule than it went by: the seal is not what was written, and what it removed was younger.
        ledger.run_sql(format!("UPDATE audit_seals SET kept = 864000000 WHERE number = {number}")).await;
        let found = told(&ledger.url).await;
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].ends_with("lines were removed that were younger than its rule allows"), "{found:?}");
    }
}
