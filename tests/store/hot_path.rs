//! What a message costs in statements, and that its queries use their indexes.

use chamberlain::change::{Decision, Why};
use chamberlain::ports::Intake;
use chamberlain::store::Commit;

use crate::ledger::{self, arrival};

#[tokio::test]
async fn an_arrival_alone_is_one_statement_where_nobody_else_writes() {
    for ledger in ledger::each().await {
        // Where others may, their lanes are locked before and let go after.
        let wanted = if ledger.store.is_alone() { 1 } else { 3 };
        let mut least = u64::MAX;
        for number in 0..8 {
            let before = ledger.store.statements().count();
            ledger.store.arrive(arrival(&number.to_string(), "lane")).await.unwrap();
            // Now and then a writer among others says that it is alive.
            least = least.min(ledger.store.statements().count() - before);
        }
        assert_eq!(least, wanted);
    }
}

#[tokio::test]
async fn many_that_come_together_share_their_statements() {
    for mut ledger in ledger::each().await {
        let before = ledger.store.statements().count();
        let keys: Vec<String> = (0..128).map(|number| number.to_string()).collect();
        futures::future::join_all(keys.iter().map(|key| ledger.store.arrive(arrival(key, key)))).await;
        let mut commits = Vec::new();
        for _ in 0..128 {
            let claimed = ledger.handover.arrivals.recv().await.unwrap();
            commits.push(Commit::of(&claimed, &Decision::Nothing(Why::Empty), claimed.raw.received_at, ""));
        }
        futures::future::join_all(commits.into_iter().map(|commit| ledger.store.commit(commit))).await;
        let each = (ledger.store.statements().count() - before).div_ceil(128);
        assert!(each <= 2, "{each} statements a message");
    }
}

/// At rest nothing else is asked: it may not cost more the more there is.
#[tokio::test]
async fn the_next_look_is_found_by_its_index() {
    for ledger in ledger::each().await.into_iter().filter(|ledger| ledger.store.is_alone()) {
        let plan = ledger.sqlite_plan(chamberlain::store::touches::NEXT_DUE).await;
        assert!(plan.contains("USING INDEX touches_due\n(due_at<?)") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[tokio::test]
async fn the_claim_walks_open_rows_alone() {
    for ledger in ledger::each().await.into_iter().filter(|ledger| ledger.store.is_alone()) {
        for table in ["inbox", "outbox"] {
            let plan = ledger
                .sqlite_plan(&format!(
                    "SELECT row.seq FROM {table} row WHERE row.done_at IS NULL AND row.claimed_by = '' AND NOT EXISTS \
                     (SELECT 1 FROM {table} before WHERE before.lane = row.lane AND before.done_at IS NULL \
                     AND before.seq < row.seq AND before.claimed_by <> '' AND before.claimed_by <> 'w') \
                     ORDER BY row.seq LIMIT 256"
                ))
                .await;
            assert!(plan.contains(&format!("USING INDEX {table}_free")), "{plan}");
            assert!(plan.contains(&format!("USING INDEX {table}_open_lane")), "{plan}");
        }
    }
}
