//! The audit sealed, verified, thinned out and exported.

mod chain;
mod damages;
mod exported;
mod open;
mod property;
mod removed;

use std::time::Duration;

use chamberlain::store::Url;
use chamberlain::store::keeping::audit::{Verified, verify};
use chamberlain::store::seals::{Gathered, Removal, Seal, Sealer, removable, remove};

use crate::ledger::Ledger;

/// As a release writes them that knows no seals; `first` and `count` make their texts.
pub(crate) fn insert(first: i64, count: i64, at: i64) -> String {
    let line = |number: i64| {
        let (command, target) = if number % 3 == 0 { ("NULL", "NULL") } else { ("'deploy'", "'sprint-1'") };
        let reason = if number % 2 == 0 { "NULL" } else { "'it''s not for you: 两个'" };
        format!("({at}, 'e{number}', 'ana', {command}, {target}, 'changed', {reason}, 'r1', 't{number}')")
    };
    let lines: Vec<String> = (first..first + count).map(line).collect();
    format!(
        "INSERT INTO audit (at, event, actor, command, target, outcome, reason, rules, trace) VALUES {}",
        lines.join(", ")
    )
}

/// Lines as they are decided now.
pub(crate) async fn decided(ledger: &Ledger, count: i64) {
    let now = ledger.clock_now().as_millis();
    ledger.run_sql(insert(now % 1_000_000, count, now)).await;
}

pub(crate) async fn gathered(sealer: &mut Sealer) -> Seal {
    match sealer.gather().await.unwrap() {
        Gathered::Batch(seal) => *seal,
        other => panic!("{other:?}"),
    }
}

/// Seals what there is; gives how many batches.
pub(crate) async fn seal(ledger: &Ledger) -> u64 {
    let mut sealer = Sealer::over(ledger.store.clone());
    let mut batches = 0;
    while let Gathered::Batch(seal) = sealer.gather().await.unwrap() {
        assert!(sealer.put(*seal).await.unwrap());
        batches += 1;
    }
    batches
}

/// A batch of so many lines each, a second apart.
pub(crate) async fn batches(ledger: &Ledger, sizes: &[i64]) {
    for size in sizes {
        ledger.clock.pass(Duration::from_secs(1));
        decided(ledger, *size).await;
        assert_eq!(seal(ledger).await, 1);
    }
}

pub(crate) async fn verified(url: &Url) -> Verified {
    verify(url, Vec::new()).await.unwrap()
}

/// What is wrong, as people read it.
pub(crate) async fn told(url: &Url) -> Vec<String> {
    let verified = verified(url).await;
    assert_eq!(verified.more, 0);
    verified.damages.iter().map(ToString::to_string).collect()
}

/// Removes what is older than `keep`, step by step; gives how many.
pub(crate) async fn forget(ledger: &Ledger, keep: Duration) -> u64 {
    let mut steps = 0;
    while let Removal::Lines { line, after, seal } = removable(&ledger.store, keep).await.unwrap() {
        ledger.store.write(move |tx| Box::pin(async move { remove(tx, (line, after), &seal).await })).await.unwrap();
        steps += 1;
    }
    steps
}
