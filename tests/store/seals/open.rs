//! Nothing gets into a sealed batch late: transactions that end in another order than they began.

use std::cell::Cell;
use std::time::Duration;

use chamberlain::store::Url;
use chamberlain::store::seals::{Gathered, Sealer};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{gathered, insert, seal, told, verified};
use crate::ledger::{self, Ledger};

/// A connection of a writer that knows no seals.
async fn writer(ledger: &Ledger) -> PgConnection {
    let Url::Postgres(address) = &ledger.url else { panic!("it is no server") };
    PgConnection::connect(address).await.unwrap()
}

async fn run(conn: &mut PgConnection, sql: impl Into<String>) {
    sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(conn).await.unwrap();
}

async fn servers() -> Vec<Ledger> {
    ledger::each().await.into_iter().filter(|ledger| !ledger.store.is_alone()).collect()
}

#[tokio::test]
async fn a_line_that_is_committed_after_a_later_one_is_waited_for() {
    for ledger in servers().await {
        let (mut early, mut late) = (writer(&ledger).await, writer(&ledger).await);
        // The later transaction has the earlier number: neither numbers nor transactions tell the order of commits.
        run(&mut late, "BEGIN; SELECT pg_current_xact_id()").await;
        run(&mut early, "BEGIN").await;
        run(&mut early, insert(1, 1, 7)).await;
        run(&mut late, insert(2, 1, 8)).await;
        run(&mut late, "COMMIT").await;
        let mut sealer = Sealer::over(ledger.store.clone());
        assert_eq!(sealer.gather().await.unwrap(), Gathered::Held, "line 1 is still to come");
        assert_eq!(verified(&ledger.url).await.waiting.lines, 1);
        run(&mut early, "COMMIT").await;
        let batch = gathered(&mut sealer).await;
        assert_eq!((batch.first, batch.last, batch.lines), (Some(1), Some(2), 2));
        assert!(sealer.put(batch).await.unwrap());
        assert_eq!(told(&ledger.url).await, [""; 0]);
    }
}

#[tokio::test]
async fn what_is_rolled_back_leaves_a_gap_that_is_no_damage() {
    for ledger in servers().await {
        let (mut early, mut late) = (writer(&ledger).await, writer(&ledger).await);
        run(&mut early, "BEGIN").await;
        run(&mut early, insert(1, 3, 7)).await;
        run(&mut late, insert(4, 1, 8)).await;
        let mut sealer = Sealer::over(ledger.store.clone());
        assert_eq!(sealer.gather().await.unwrap(), Gathered::Held);
        run(&mut early, "ROLLBACK").await;
        let batch = gathered(&mut sealer).await;
        assert_eq!((batch.first, batch.last, batch.lines), (Some(4), Some(4), 1));
        assert!(sealer.put(batch).await.unwrap());
        run(&mut early, "BEGIN").await;
        run(&mut early, insert(5, 1, 9)).await;
        run(&mut early, "ROLLBACK").await;
        run(&mut late, insert(6, 2, 9)).await;
        assert_eq!(seal(&ledger).await, 1);
        let found = verified(&ledger.url).await;
        assert_eq!((found.sealed.unwrap().line, found.damages.len()), (Some(7), 0));
    }
}

#[tokio::test]
async fn writers_that_follow_each_other_without_a_pause_do_not_put_it_off_for_ever() {
    for ledger in servers().await {
        let (mut one, mut other) = (writer(&ledger).await, writer(&ledger).await);
        let mut sealer = Sealer::over(ledger.store.clone());
        run(&mut one, "BEGIN").await;
        run(&mut one, insert(1, 1, 7)).await;
        let mut covered = 0;
        for round in 0..6 {
            // At each look one of them is open.
            run(&mut other, "BEGIN").await;
            run(&mut other, insert(10 + round, 1, 8)).await;
            run(&mut one, "COMMIT").await;
            if let Gathered::Batch(batch) = sealer.gather().await.unwrap() {
                covered += batch.lines;
                assert!(sealer.put(*batch).await.unwrap());
            }
            std::mem::swap(&mut one, &mut other);
        }
        assert!(covered >= 3, "{covered} of 6 lines are sealed");
        run(&mut one, "COMMIT").await;
        seal(&ledger).await;
        assert_eq!(told(&ledger.url).await, [""; 0]);
    }
}

/// Many writers at once whose commits end in any order, and a sealer that looks all the time.
#[tokio::test]
async fn whatever_order_many_writers_end_in_all_is_sealed_once() {
    for ledger in servers().await {
        let (batches, writing) = (Cell::new(0), Cell::new(8));
        let writers = (0..8).map(|number| {
            let (ledger, batches, writing) = (&ledger, &batches, &writing);
            async move {
                let (mut conn, mut round) = (writer(ledger).await, 0);
                while batches.get() < 6 || round < 10 {
                    round += 1;
                    run(&mut conn, "BEGIN").await;
                    run(&mut conn, insert(number * 1_000_000 + round * 10, 1 + round % 4, 7)).await;
                    run(&mut conn, if (number + round) % 7 == 0 { "ROLLBACK" } else { "COMMIT" }).await;
                }
                writing.set(writing.get() - 1);
            }
        });
        let sealing = async {
            let mut sealer = Sealer::over(ledger.store.clone());
            while writing.get() > 0 {
                if let Gathered::Batch(batch) = sealer.gather().await.unwrap() {
                    assert!(sealer.put(*batch).await.unwrap());
                    batches.set(batches.get() + 1);
                }
            }
        };
        let all = futures::future::join(futures::future::join_all(writers), sealing);
        tokio::time::timeout(Duration::from_mins(1), all).await.expect("it goes on");
        seal(&ledger).await;
        let found = verified(&ledger.url).await;
        assert_eq!((found.damages, found.waiting.lines), (vec![], 0));
    }
}
