//! Several processes on one server: each row has one hand, each lane its order, and whoever is not heard of has nothing.

use std::sync::Arc;
use std::time::Duration;

use chamberlain::change::{Decision, Why};
use chamberlain::ports::Intake;
use chamberlain::store::claims::Queue;
use chamberlain::store::inbox::{self, Claimed};
use chamberlain::store::touches::{self, Reach};
use chamberlain::store::{Commit, Committed, StoreError, Url};
use tokio::sync::oneshot;

use crate::ledger::{self, Ledger, arrival};
use crate::support::postgres;

/// Two processes on one server, if there is one.
async fn two() -> Option<(Ledger, Ledger)> {
    let url = Url::Postgres(postgres::database().await?);
    let first = ledger::open(url, Arc::default()).await.unwrap();
    let second = first.another().await.unwrap();
    Some((first, second))
}

async fn take(ledger: &Ledger) -> Vec<Claimed> {
    let worker = ledger.store.worker();
    ledger.store.write(move |tx| Box::pin(async move { inbox::claim(tx, &worker).await })).await.unwrap()
}

async fn ends(ledger: &Ledger, claimed: &Claimed) -> Committed {
    let commit = Commit::of(claimed, &Decision::Nothing(Why::Empty), ledger.store.clock().now(), "");
    ledger.store.commit(commit).await.unwrap()
}

fn key(claimed: &Claimed) -> &str {
    &claimed.raw.dedup_key
}

#[tokio::test]
async fn a_lane_stays_in_order_whoever_takes_in() {
    let Some((mut first, mut second)) = two().await else { return };
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    second.store.arrive(arrival("b", "lane")).await.unwrap();
    second.store.arrive(arrival("c", "other")).await.unwrap();
    let a = first.handover.arrivals.recv().await.unwrap();
    let c = second.handover.arrivals.recv().await.unwrap();
    assert_eq!((key(&a), key(&c)), ("a", "c"), "`b` waits for `a`, which is in another's hand");
    assert!(take(&second).await.is_empty() && second.handover.arrivals.try_recv().is_err());
    let freed = first.store.freed(Queue::Inbox).clone();
    assert_eq!(ends(&first, &a).await, Committed::Done);
    freed.notified().await;
    let b = take(&first).await;
    assert_eq!(b.iter().map(key).collect::<Vec<_>>(), ["b"], "whoever ends the one before goes on with the lane");
    assert_eq!(b[0].claim.attempt, 1, "nobody has tried it");
}

#[tokio::test]
async fn many_that_come_to_both_at_once_are_each_in_one_hand_and_in_order() {
    let Some((mut first, mut second)) = two().await else { return };
    let names: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    let arriving = names.iter().enumerate().map(|(number, name)| {
        let store = if number % 2 == 0 { &first.store } else { &second.store };
        store.arrive(arrival(name, "lane"))
    });
    futures::future::join_all(arriving).await.into_iter().for_each(|arrived| drop(arrived.unwrap()));
    let mut done = Vec::new();
    while done.len() < names.len() {
        for ledger in [&mut first, &mut second] {
            let mut mine = Vec::new();
            while let Ok(claimed) = ledger.handover.arrivals.try_recv() {
                mine.push(claimed);
            }
            mine.extend(take(ledger).await);
            for claimed in mine {
                assert_eq!(ends(ledger, &claimed).await, Committed::Done);
                done.push(claimed.raw);
            }
        }
    }
    let order: Vec<String> = first.texts("SELECT id FROM inbox ORDER BY seq").await;
    assert_eq!(done.iter().map(|raw| raw.id.to_string()).collect::<Vec<_>>(), order);
}

#[tokio::test]
async fn what_is_taken_comes_behind_what_was_in_hand_before() {
    let Some((mut first, second)) = two().await else { return };
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    second.store.arrive(arrival("b", "lane")).await.unwrap();
    first.store.take(Queue::Inbox).await.unwrap();
    first.store.arrive(arrival("c", "lane")).await.unwrap();
    for wanted in ["a", "b", "c"] {
        assert_eq!(key(&first.handover.arrivals.recv().await.unwrap()), wanted);
    }
    assert!(take(&second).await.is_empty());
}

#[tokio::test]
async fn nobody_takes_what_is_behind_a_row_that_another_is_just_taking() {
    let Some((first, second)) = two().await else { return };
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    first.run_sql("UPDATE inbox SET claimed_by = ''".to_owned()).await;
    let ((told, has_taken), (go_on, may_commit)) = (oneshot::channel(), oneshot::channel::<()>());
    let worker = first.store.worker();
    let taking = first.store.write(move |tx| {
        Box::pin(async move {
            let taken = inbox::claim(tx, &worker).await?;
            told.send(()).unwrap();
            may_commit.await.unwrap();
            Ok(taken)
        })
    });
    let racing = async {
        has_taken.await.unwrap();
        // It comes after the first has looked, and before it has written.
        second.store.arrive(arrival("b", "lane")).await.unwrap();
        let late = take(&second);
        tokio::pin!(late);
        assert!(tokio::time::timeout(Duration::from_millis(200), &mut late).await.is_err(), "it waits for the first");
        go_on.send(()).unwrap();
        late.await
    };
    let (taken, late) = tokio::join!(taking, racing);
    assert_eq!(taken.unwrap().iter().map(key).collect::<Vec<_>>(), ["a"]);
    assert_eq!(late.iter().map(key).collect::<Vec<_>>(), Vec::<&str>::new(), "`b` is behind `a`");
}

#[tokio::test]
async fn whoever_is_not_heard_of_has_nothing_in_hand_and_writes_nothing() {
    let Some((mut first, second)) = two().await else { return };
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    let a = first.handover.arrivals.recv().await.unwrap();
    let (term, mut terms) = (first.store.term(), first.store.terms());
    // What others do about a worker that is not heard of.
    let worker = term.worker();
    first
        .run_sql(format!(
            "DELETE FROM workers WHERE id = '{worker}'; \
             UPDATE inbox SET claimed_by = '', attempt = attempt + 1 WHERE claimed_by = '{worker}'"
        ))
        .await;
    let taken = take(&second).await;
    assert_eq!(taken.iter().map(|taken| (key(taken), taken.claim.attempt)).collect::<Vec<_>>(), [("a", 2)]);
    // Its first write finds out, and it begins anew.
    let commit = Commit::of(&a, &Decision::Nothing(Why::Empty), first.store.clock().now(), "");
    assert!(matches!(first.store.commit(commit).await, Err(StoreError::Failed(_)) | Ok(Committed::ClaimLost)));
    terms.wait_for(|now| now.worker() != term.worker()).await.unwrap();
    assert!(!term.is_held() && first.store.term().is_held());
    let late = first.store.within(&term).write(|_| Box::pin(async { Ok(()) })).await;
    assert!(matches!(late, Err(StoreError::ClaimLost)), "{late:?}");
    assert_eq!(ends(&second, &taken[0]).await, Committed::Done);
    first.store.arrive(arrival("b", "lane")).await.unwrap();
    assert_eq!(key(&first.handover.arrivals.recv().await.unwrap()), "b", "the new one works");
}

#[tokio::test]
async fn what_a_killed_replica_had_is_taken_over_when_its_lease_ends() {
    let Some((first, second)) = two().await else { return };
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    let freed = second.store.freed(Queue::Inbox).clone();
    first.kill().await;
    let mut taken = take(&second).await;
    while taken.is_empty() {
        freed.notified().await;
        taken = take(&second).await;
    }
    assert_eq!(taken.iter().map(|taken| (key(taken), taken.claim.attempt)).collect::<Vec<_>>(), [("a", 2)]);
}

#[tokio::test]
async fn work_is_broken_off_when_others_took_over() {
    let Some((first, second)) = two().await else { return };
    let worker = first.store.worker();
    let work = first.store.as_worker(&worker, std::future::pending::<()>());
    let dying = async {
        first.run_sql(format!("DELETE FROM workers WHERE id = '{worker}'")).await;
    };
    let (done, ()) = tokio::join!(work, dying);
    assert_eq!((done, first.store.broken_off()), (None, 1));
    assert_eq!(second.store.broken_off(), 0);
}

#[tokio::test]
async fn who_goes_leaves_what_it_had_to_the_other() {
    let Some((first, second)) = two().await else { return };
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    let freed = second.store.freed(Queue::Inbox).clone();
    first.leave().await;
    freed.notified().await;
    while take(&second).await.is_empty() {
        freed.notified().await;
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_is_made_anew_and_nothing_is_lost() {
    let Some((mut first, _second)) = two().await else { return };
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    let (term, mut terms) = (first.store.term(), first.store.terms());
    first
        .run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()"
                .to_owned(),
        )
        .await;
    let refused = first.store.arrive(arrival("b", "lane")).await;
    terms.wait_for(|now| now.worker() != term.worker()).await.unwrap();
    if refused.is_err() {
        first.store.arrive(arrival("b", "lane")).await.unwrap();
    }
    let old = first.handover.arrivals.recv().await.unwrap();
    assert_eq!(ends(&first, &old).await, Committed::ClaimLost, "nobody knows what came of the old term");
    let keys: Vec<String> = take(&first).await.iter().map(|claimed| key(claimed).to_owned()).collect();
    assert!(keys.starts_with(&["a".to_owned()]), "{keys:?}");
}

#[tokio::test]
async fn others_hear_of_what_was_written() {
    let Some((first, second)) = two().await else { return };
    // Listening begins with a look at everything.
    second.store.touched().notified().await;
    let changed = second.store.changed();
    first.store.arrive(arrival("a", "lane")).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), changed).await.expect("it is heard");
}

#[tokio::test]
async fn what_is_at_home_elsewhere_is_taken_by_nobody_else_until_that_home_is_lost() {
    let Some((first, second)) = two().await else { return };
    let home = first.store.home().clone();
    let sql =
        "INSERT INTO environments (name, generation, seen, draft_version, draft, home) VALUES ('it', 1, '[]', 0, '{}',";
    first.run_sql(format!("{sql} '{home}')")).await;
    first
        .run_sql("INSERT INTO touches (key, due_at, version, claimed_by) VALUES ('environment:it', 0, 1, '')".into())
        .await;
    let now = second.store.clock().now();
    let take = async |ledger: &Ledger, lost_before| {
        let (worker, reach) = (ledger.store.worker(), Reach { home: ledger.store.home().clone(), lost_before, now });
        let taking = ledger.store.write(move |tx| Box::pin(async move { touches::claim(tx, &worker, &reach).await }));
        taking.await.unwrap().len()
    };
    assert_eq!(take(&second, now).await, 0, "its home is at work");
    first.run_sql(format!("UPDATE homes SET gone_at = {} WHERE id = '{home}'", now.as_millis())).await;
    assert_eq!(take(&second, now.minus(Duration::from_secs(1))).await, 0, "it may still come back");
    assert_eq!(take(&second, now).await, 1, "it is lost");
    first.run_sql("UPDATE touches SET claimed_by = ''".into()).await;
    assert_eq!(take(&first, now.minus(Duration::from_secs(1))).await, 1, "who lives there always may");
}
