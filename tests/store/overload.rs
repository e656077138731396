//! More comes than can be done: what is taken in is bounded, and the rest is turned away aloud.

use std::sync::Arc;

use chamberlain::change::{Decision, Why};
use chamberlain::ports::{Intake, IntakeError};
use chamberlain::store::{Commit, Committed, Url};
use futures::StreamExt;
use futures::stream;

use crate::ledger::{self, arrival};

/// How many may be open: `store::writer::OPEN`.
const OPEN: usize = 16_384;

#[tokio::test]
async fn what_nobody_comes_to_is_turned_away_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger::open(Url::Sqlite(folder.path().join("chamberlain.db")), Arc::default()).await.unwrap();
    let store = ledger.store.clone();
    let arriving = stream::iter(0..OPEN).map(|number| {
        let store = store.clone();
        async move { store.arrive(arrival(&number.to_string(), "lane")).await }
    });
    let taken_in = arriving.buffer_unordered(512).filter(|arrived| std::future::ready(arrived.is_ok())).count().await;
    assert_eq!(taken_in, OPEN);
    let told = store.arrive(arrival("one more", "lane")).await.unwrap_err();
    assert!(matches!(told, IntakeError::Busy), "{told}");

    let first = ledger.handover.arrivals.recv().await.unwrap();
    let commit = Commit::of(&first, &Decision::Nothing(Why::Empty), ledger.clock_now(), "");
    assert_eq!(ledger.store.commit(commit).await.unwrap(), Committed::Done);
    store.arrive(arrival("one more", "lane")).await.unwrap();
    assert!(matches!(store.arrive(arrival("another", "lane")).await, Err(IntakeError::Busy)));
}
