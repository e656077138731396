//! Batches follow each other, whoever seals and whoever dies.

use std::sync::Arc;

use chamberlain::store::claims::Queue;
use chamberlain::store::keeping::{audit, backup, copy};
use chamberlain::store::seals::{Gathered, MOST, Sealer};
use chamberlain::store::{StoreError, Url};

use super::{batches, decided, gathered, insert, seal, told, verified};
use crate::ledger::{self, Ledger};
use crate::support::postgres;

#[tokio::test]
async fn what_was_decided_is_sealed_batch_by_batch() {
    for ledger in ledger::each().await {
        assert_eq!((verified(&ledger.url).await.sealed, seal(&ledger).await), (None, 0), "there is nothing to seal");
        batches(&ledger, &[3, 1, 40]).await;
        decided(&ledger, 2).await;
        let verified = verified(&ledger.url).await;
        let sealed = verified.sealed.unwrap();
        assert_eq!((sealed.seal.number, sealed.line, sealed.batches, sealed.lines), (Some(3), Some(44), 3, 44));
        assert_eq!(sealed.seal.sealed_at, Some(ledger.clock_now()));
        assert_eq!((verified.waiting.lines, verified.waiting.oldest_at), (2, Some(ledger.clock_now())));
        assert_eq!((verified.damages.len(), verified.more), (0, 0), "{:?}", verified.damages);
        let (last, waiting) = audit::state(&ledger.url).await.unwrap();
        assert_eq!((last, waiting), (Some(sealed.seal), verified.waiting), "the same, without a look at each line");
    }
}

#[tokio::test]
async fn a_backlog_of_an_earlier_release_is_sealed_in_bounded_batches() {
    for ledger in ledger::each().await {
        for first in 0..6 {
            ledger.run_sql(insert(first * 2000, 2000, 7)).await;
        }
        let mut sealer = Sealer::over(ledger.store.clone());
        for lines in [MOST, MOST, 12_000 - 2 * MOST] {
            let seal = gathered(&mut sealer).await;
            assert_eq!(seal.lines, lines);
            let before = ledger.store.statements().count();
            assert!(sealer.put(seal).await.unwrap());
            let statements = ledger.store.statements().count() - before;
            assert!(statements <= 3 + 9, "the writer writes one row, whatever the batch: {statements}");
        }
        assert_eq!(sealer.gather().await.unwrap(), Gathered::Nothing);
        assert_eq!(told(&ledger.url).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_sealer_that_dies_before_it_writes_leaves_nothing_out_and_nothing_twice() {
    for ledger in ledger::each().await {
        batches(&ledger, &[2]).await;
        decided(&ledger, 3).await;
        let mut dead = Sealer::over(ledger.store.clone());
        let lost = gathered(&mut dead).await;
        drop(dead);
        let ledger = ledger.killed_and_reopened().await;
        decided(&ledger, 1).await;
        assert_eq!(seal(&ledger).await, 1);
        assert_eq!(told(&ledger.url).await, [""; 0]);
        // It was not dead after all, and writes what it had gathered.
        assert!(!Sealer::over(ledger.store.clone()).put(lost).await.unwrap(), "the number is given");
        let verified = verified(&ledger.url).await;
        let sealed = verified.sealed.unwrap();
        assert_eq!((sealed.seal.number, sealed.lines, verified.damages.len()), (Some(2), 6, 0));
    }
}

#[tokio::test]
async fn of_two_that_seal_at_once_one_does() {
    for ledger in ledger::each().await {
        for round in 1..=5_i64 {
            decided(&ledger, 4).await;
            let mut sealers = [Sealer::over(ledger.store.clone()), Sealer::over(ledger.store.clone())];
            let [one, other] = &mut sealers;
            let (first, second) = tokio::join!(gathered(one), gathered(other));
            assert_eq!(first, second);
            let (one, other) = tokio::join!(one.put(first), other.put(second));
            assert_ne!(one.unwrap(), other.unwrap());
            let sealed = verified(&ledger.url).await.sealed.unwrap();
            assert_eq!((sealed.seal.number, sealed.lines), (Some(round), 4 * round.unsigned_abs()));
        }
        assert_eq!(told(&ledger.url).await, [""; 0]);
    }
}

/// Two processes on one server, if there is one.
async fn two() -> Option<(Ledger, Ledger)> {
    let url = Url::Postgres(postgres::database().await?);
    let first = ledger::open(url, Arc::default()).await.unwrap();
    let second = first.another().await.unwrap();
    Some((first, second))
}

#[tokio::test]
async fn among_processes_whoever_came_first_seals_and_the_next_when_it_is_gone() {
    let Some((first, second)) = two().await else { return };
    // An older release, which came before both, seals nothing.
    let older = "INSERT INTO workers (id, home, alive_until, schema_known) VALUES ('0', 'h', 9000000000000, 10)";
    first.run_sql(older.to_owned()).await;
    decided(&first, 1).await;
    let mut waiting = Sealer::over(second.store.clone());
    assert_eq!(waiting.gather().await.unwrap(), Gathered::NotOurs);
    assert_eq!(seal(&first).await, 1);
    decided(&first, 1).await;
    let mut sealer = Sealer::over(first.store.clone());
    let late = gathered(&mut sealer).await;
    let freed = second.store.freed(Queue::Inbox).clone();
    first.kill().await;
    while waiting.gather().await.unwrap() == Gathered::NotOurs {
        freed.notified().await;
    }
    let ours = gathered(&mut waiting).await;
    assert!(waiting.put(ours).await.unwrap());
    assert!(matches!(sealer.put(late).await, Err(StoreError::Closed)), "its writer is dead");
    assert_eq!(told(&second.url).await, [""; 0]);
}

#[tokio::test]
async fn whoever_was_given_up_seals_nothing() {
    let Some((first, second)) = two().await else { return };
    decided(&first, 1).await;
    let mut sealer = Sealer::over(first.store.clone());
    let late = gathered(&mut sealer).await;
    // What others do about a worker that is not heard of.
    first.run_sql(format!("DELETE FROM workers WHERE id = '{}'", first.store.worker())).await;
    assert!(sealer.put(late).await.is_err());
    assert_eq!(verified(&second.url).await.sealed, None);
    assert_eq!(seal(&second).await, 1);
}

#[tokio::test]
async fn copies_and_backups_have_the_seals_and_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = vec![Url::Sqlite(folder.path().join("from.db"))];
    sources.extend(postgres::database().await.map(Url::Postgres));
    for (number, url) in sources.into_iter().enumerate() {
        let ledger = ledger::open(url.clone(), Arc::default()).await.unwrap();
        batches(&ledger, &[3, 2]).await;
        decided(&ledger, 1).await;
        let before = verified(&url).await;
        if let Url::Sqlite(_) = url {
            let file = folder.path().join("kept.db");
            backup::backup(&url, &file).await.unwrap();
            assert_eq!(verified(&Url::Sqlite(file)).await, before);
        }
        ledger.leave().await;
        let mut targets = vec![Url::Sqlite(folder.path().join(format!("copy-{number}.db")))];
        targets.extend(postgres::database().await.map(Url::Postgres));
        for to in targets {
            copy::copy(&url, &to).await.unwrap();
            assert_eq!(verified(&to).await, before);
            let on = ledger::open(to, Arc::default()).await.unwrap();
            decided(&on, 4).await;
            assert_eq!(seal(&on).await, 1, "it goes on there, with what waited");
            let after = verified(&on.url).await;
            assert_eq!((after.sealed.unwrap().lines, after.damages.len()), (10, 0));
        }
    }
}
