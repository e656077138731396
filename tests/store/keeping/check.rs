//! A sound database is called whole, a damaged one is not.

use chamberlain::change::{Decision, Why};
use chamberlain::ports::Intake;
use chamberlain::store::keeping::check::{Checked, check};
use chamberlain::store::{Commit, Url};

use super::filled::run;
use crate::ledger::{self, Ledger, arrival};

async fn checked(ledger: &Ledger) -> Checked {
    check(&ledger.url, ledger.clock_now()).await.unwrap()
}

#[tokio::test]
async fn what_a_bot_wrote_is_whole_and_each_damage_is_found() {
    for mut ledger in ledger::each().await {
        ledger.store.arrive(arrival("open", "lane")).await.unwrap();
        ledger.store.arrive(arrival("done", "other")).await.unwrap();
        ledger.handover.arrivals.recv().await.unwrap();
        let claimed = ledger.handover.arrivals.recv().await.unwrap();
        let commit = Commit::of(&claimed, &Decision::Nothing(Why::Talk), ledger.clock_now(), "");
        ledger.store.commit(commit).await.unwrap();
        let found = checked(&ledger).await;
        assert_eq!((found.rows, &found.findings[..]), (2, &[][..]));

        for (damage, wanted) in [
            (
                "UPDATE inbox SET outcome = NULL WHERE done_at IS NOT NULL",
                "inbox: 1 row done without an outcome, or with an outcome and not done, for instance `2`",
            ),
            (
                "INSERT INTO revisions (environment, number, selections, made_by, made_at, why) \
                 VALUES ('gone', 1, '[]', 'ana', 1, 'x'), ('gone', 2, '[]', 'ana', 1, 'x')",
                "revisions: 2 rows of an environment that is not there, for instance `gone 1`",
            ),
            (
                "INSERT INTO touches (key, due_at, version, claimed_by) VALUES ('cellar:1', 1, 1, '')",
                "touches: 1 row where `key` is `cellar:1`, which no release writes",
            ),
            (
                "INSERT INTO outbox (id, event, lane, body, trace, created_at, claimed_by, attempt, state) \
                 VALUES ('e.0', 'e', 'l', '{}', 't', 9000000000000, '', 1, 'waiting')",
                "outbox: 1 row with no arrival that led to it",
            ),
        ] {
            run(&ledger.url, damage).await;
            let found: Vec<String> = checked(&ledger).await.findings.iter().map(ToString::to_string).collect();
            assert!(found.iter().any(|told| told.starts_with(wanted)), "{wanted}: {found:?}");
        }
        let found = checked(&ledger).await;
        assert_eq!(found.findings.len(), 4, "{:?}", found.findings);

        run(&ledger.url, "DROP INDEX deployments_running").await;
        let found = checked(&ledger).await.findings;
        assert!(found[0].told.contains("lacks the index deployments_running"), "{found:?}");
    }
}

#[tokio::test]
async fn two_that_run_in_one_environment_are_found_without_their_index() {
    for ledger in ledger::each().await {
        run(&ledger.url, "DROP INDEX deployments_running").await;
        run(
            &ledger.url,
            "INSERT INTO deployments (id, environment, generation, revision, state, asked_by, asked_in, card, \
             queued_at, steps, number) VALUES ('a', 'e', 1, 1, 'applying', 'ana', 'r', 'c', 1, '[]', 1), \
             ('b', 'e', 1, 1, 'unknown', 'ana', 'r', 'c', 1, '[]', 2)",
        )
        .await;
        run(&ledger.url, "CREATE INDEX deployments_running ON deployments (environment)").await;
        let found = checked(&ledger).await.findings;
        let wanted = "1 row running beside another of the same environment";
        assert!(found.iter().any(|finding| finding.told.starts_with(wanted)), "{found:?}");
    }
}

#[tokio::test]
async fn a_counter_that_lags_behind_is_found() {
    for ledger in ledger::each().await.into_iter().filter(|ledger| matches!(ledger.url, Url::Postgres(_))) {
        ledger.store.arrive(arrival("a", "lane")).await.unwrap();
        run(&ledger.url, "ALTER TABLE inbox ALTER COLUMN seq RESTART WITH 1").await;
        let found = checked(&ledger).await.findings;
        assert!(found[0].told.starts_with("the counter of `seq` is behind"), "{found:?}");
        let (_, sql) = found[0].to_do.split_once("psql: ").unwrap();
        run(&ledger.url, sql).await;
        assert_eq!(checked(&ledger).await.findings, [], "what it says mends it");
    }
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_and_a_broken_page_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chamberlain.db");
    let url = Url::Sqlite(path.clone());
    let ledger = ledger::open(url.clone(), std::sync::Arc::default()).await.unwrap();
    for number in 0..300 {
        ledger.store.arrive(arrival(&format!("{number}"), "lane")).await.unwrap();
    }
    run(&url, "UPDATE inbox SET received_at = 'soon', body = x'ff' WHERE seq = 7").await;
    let found = checked(&ledger).await.findings;
    assert!(found[0].told.starts_with("1 row with a value of another kind"), "{found:?}");
    run(&url, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let now = ledger.clock_now();
    drop(ledger);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 4096;
    bytes[last..].fill(0x55);
    std::fs::write(&path, bytes).unwrap();
    let found = check(&url, now).await.unwrap().findings;
    assert!(!found.is_empty() && found[0].table == "database", "{found:?}");
}
