//! More comes than can be done: what is taken in is bounded, and the rest is turned away aloud.

use std::sync::Arc;

use chamberlain::change::{Content, Decision, Parked, Reply, Why};
use chamberlain::domain::effect::EffectState;
use chamberlain::domain::marked::Marked;
use chamberlain::domain::{ChatName, RoomId};
use chamberlain::ports::{Intake, IntakeError};
use chamberlain::store::outbox::Receipt;
use chamberlain::store::{Commit, Committed, Url};
use futures::StreamExt;
use futures::future::join_all;
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

/// An answer that a chat is to say.
fn answered(words: &str) -> Decision {
    let reply = Reply {
        to: RoomId::new(&ChatName::new("test"), "room"),
        thread: None,
        only_for: None,
        back: None,
        content: Content::Text(Marked::new(words.to_owned())),
    };
    Decision::Parked(Parked { reason: "a test".into(), reply: Some(reply) })
}

#[tokio::test]
async fn what_a_chat_that_is_down_does_not_take_is_bounded_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger::open(Url::Sqlite(folder.path().join("chamberlain.db")), Arc::default()).await.unwrap();
    let store = ledger.store.clone();
    let keys: Vec<String> = (0..OPEN).map(|number| number.to_string()).collect();
    for some in keys.chunks(1024) {
        let arrived = join_all(some.iter().map(|key| store.arrive(arrival(key, key)))).await;
        assert!(arrived.iter().all(Result::is_ok), "each is decided at once");
        let mut commits = Vec::new();
        for _ in some {
            let claimed = ledger.handover.arrivals.recv().await.unwrap();
            commits.push(store.commit(Commit::of(&claimed, &answered("hello"), ledger.clock_now(), "")));
        }
        join_all(commits).await;
    }
    let told = store.arrive(arrival("one more", "lane")).await;
    assert!(matches!(told, Err(IntakeError::Busy)), "nobody has heard an answer: {told:?}");

    let first = ledger.handover.effects.recv().await.unwrap();
    let lane = first.effect.body.key().to_owned();
    let said = Receipt { id: first.effect.id, lane, claim: first.claim, state: EffectState::Done, receipt: None };
    store.record(said).await.unwrap();
    store.arrive(arrival("one more", "lane")).await.unwrap();
}
