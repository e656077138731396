//! What the ledger tells of itself: what came in and what was decided of it.

use std::collections::{BTreeMap, BTreeSet};

use super::Scene;
use crate::chat::PRESSED;

/// By how many milliseconds a line may seem to be written before the one before it: both were decided at once, and a
/// writer may be held up.
const APART: i64 = 5_000;

/// What came in, with how it ended.
#[derive(sqlx::FromRow)]
struct Arrived {
    dedup_key: String,
    outcome: Option<String>,
    answers: i64,
    audited: i64,
}

pub(super) async fn every_command_is_answered_once(scene: &Scene<'_>) {
    let rows: Vec<Arrived> = scene
        .ledger
        .rows(
            "SELECT dedup_key, outcome, \
             (SELECT count(*) FROM outbox WHERE event = inbox.id AND state = 'done') AS answers, \
             (SELECT count(*) FROM audit WHERE event = inbox.id) AS audited FROM inbox WHERE source = 'chat:remote'",
        )
        .await;
    let keys: Vec<&String> = rows.iter().map(|row| &row.dedup_key).collect();
    assert_eq!(keys.len(), scene.story.said.len(), "each thing that was said is stored once");
    assert_eq!(BTreeSet::from_iter(keys), BTreeSet::from_iter(&scene.story.said));
    for Arrived { dedup_key, outcome, answers, audited } in &rows {
        let outcome = outcome.as_deref().unwrap_or("open");
        if dedup_key.starts_with(PRESSED) {
            // What a card shows afterwards is answer enough.
            assert!(*answers <= 1, "answers to {dedup_key} ({outcome})");
        } else {
            assert_eq!(*answers, 1, "answers to {dedup_key} ({outcome})");
        }
        assert!(["changed", "refused"].contains(&outcome), "{dedup_key}: {outcome}");
        assert_eq!(*audited, 1, "audit lines of {dedup_key} ({outcome})");
    }
}

/// Every line has its event, what came in one lane was decided in the order in which it came, and whoever wrote the lines,
/// they tell one time.
pub(super) async fn the_audit_is_complete_and_in_order(scene: &Scene<'_>) {
    let written: Vec<(String, i64, Option<String>, Option<i64>)> = scene
        .ledger
        .rows("SELECT a.event, a.at, i.lane, i.seq FROM audit a LEFT JOIN inbox i ON i.id = a.event ORDER BY a.seq")
        .await;
    let times: Vec<i64> = written.iter().map(|(_, at, ..)| *at).collect();
    let goes_on = |one: &i64, next: &i64| *next > *one - APART;
    assert!(!scene.is_one_time || times.is_sorted_by(goes_on), "the audit was written at {times:?}");
    let mut lanes: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (event, _, lane, seq) in written {
        let lane = lane.unwrap_or_else(|| panic!("nobody knows the event of the audit line of {event}"));
        lanes.entry(lane).or_default().push(seq.unwrap());
    }
    for (lane, order) in lanes {
        assert!(order.is_sorted_by(|one, next| one < next), "in {lane} it was decided in the order {order:?}");
    }
}

/// One row a bot at work, and nothing in another's hand.
pub(super) async fn nobody_holds_anything_who_is_not_here(scene: &Scene<'_>) {
    let workers: Vec<(String,)> = scene.ledger.rows("SELECT id FROM workers").await;
    assert_eq!(workers.len(), scene.bots, "at work: {workers:?}");
    let held: Vec<(String,)> = scene.ledger.rows("SELECT key FROM touches WHERE claimed_by <> ''").await;
    assert_eq!(held, vec![], "in somebody's hand for ever");
}
