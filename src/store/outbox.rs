//! Deeds on their way.

use std::collections::HashSet;

use sqlx::QueryBuilder;

use super::claims::{Claim, Queue};
use super::db::{Reader, Tx, on};
use super::error::StoreError;
use super::rows::runs;
use crate::change::EffectBody;
use crate::domain::effect::EffectState;
use crate::domain::{EffectId, EventId, Timestamp, TraceId, WorkerId};

/// A deed as it is stored.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Its id, which also travels outside as the nonce.
    pub id: EffectId,
    /// What to do.
    pub body: EffectBody,
    /// The cause it is found by.
    pub trace: TraceId,
    /// When it was decided.
    pub created_at: Timestamp,
}

/// A deed that this process may carry out.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The deed.
    pub effect: Effect,
    /// The right to record its end. From the second attempt on, a try with an unknown end lies behind.
    pub claim: Claim,
}

/// What the outside answered.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Which deed.
    pub id: EffectId,
    /// What it stays in order with.
    pub lane: String,
    /// The right to say so.
    pub claim: Claim,
    /// How it ended.
    pub state: EffectState,
    /// A message's id, or why not.
    pub receipt: Option<String>,
}

/// Inserts deeds; gives the ids of those that `worker` has in hand.
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    rows: &[&Effect],
    worker: &WorkerId,
) -> Result<HashSet<String>, StoreError> {
    let is_alone = tx.is_alone();
    let mut in_hand = HashSet::new();
    for run in runs(rows) {
        let bodies = run.iter().map(|effect| serde_json::to_string(&effect.body)).collect::<Result<Vec<_>, _>>()?;
        let pairs: Vec<_> = run.iter().zip(bodies).collect();
        let ids: Vec<(String, bool)> = on!(tx, c => {
            let mut query = QueryBuilder::new("WITH new (id, event, lane, body, trace, created_at, worker, state) AS (");
            query.push_values(&pairs, |mut row, (effect, body)| {
                row.push_bind(effect.id.as_str())
                    .push_bind(effect.id.event().as_str().to_owned())
                    .push_bind(effect.body.key())
                    .push_bind(body)
                    .push_bind(effect.trace.as_str())
                    .push_bind(effect.created_at.as_millis())
                    .push_bind(worker.as_str())
                    .push_bind(EffectState::Waiting.as_str());
            });
            query.push(
                ") INSERT INTO outbox (id, event, lane, body, trace, created_at, claimed_by, attempt, state) \
                 SELECT id, event, lane, body, trace, created_at, ",
            );
            query.push(Queue::Outbox.hand(is_alone));
            query.push(", 1, state FROM new RETURNING id, claimed_by <> ''");
            query.build_query_as().fetch_all(c).await
        })?;
        in_hand.extend(ids.into_iter().filter(|(_, is_ours)| *is_ours).map(|(id, _)| id));
    }
    Ok(in_hand)
}

/// Records receipts whose claim still holds; the others are somebody else's to tell. Gives whether one of them has left
/// its lane to a deed in nobody's hand.
pub(super) async fn record(tx: &mut Tx<'_>, receipts: &[&Receipt], now: Timestamp) -> Result<bool, StoreError> {
    let is_alone = tx.is_alone();
    let mut has_followers = false;
    for run in runs(receipts) {
        let told: Vec<(bool,)> = on!(tx, c => {
            let mut query = QueryBuilder::new("WITH told (id, worker, attempt, state, receipt) AS (");
            query.push_values(run, |mut row, receipt| {
                row.push_bind(receipt.id.as_str())
                    .push_bind(receipt.claim.worker.as_str())
                    .push_bind(receipt.claim.attempt)
                    .push_bind(receipt.state.as_str())
                    .push_bind(receipt.receipt.as_deref());
            });
            query.push(") UPDATE outbox SET state = told.state, receipt = told.receipt, done_at = ");
            query.push_bind(now.as_millis());
            query.push(
                " FROM told WHERE outbox.id = told.id AND outbox.done_at IS NULL \
                 AND outbox.claimed_by = told.worker AND outbox.attempt = told.attempt RETURNING ",
            );
            query.push(Queue::Outbox.followers(is_alone));
            query.build_query_as().fetch_all(c).await
        })?;
        has_followers |= told.into_iter().any(|(follows,)| follows);
    }
    Ok(has_followers)
}

/// Takes free deeds in hand, oldest first, as many as fit.
pub async fn claim(tx: &mut Tx<'_>, worker: &WorkerId) -> Result<Vec<Claimed>, StoreError> {
    const COLUMNS: &str = "seq, id, body, trace, created_at, attempt";
    Queue::Outbox.claim_alone(tx).await?;
    let mut rows: Vec<Row> = on!(tx, c => sqlx::query_as(Queue::Outbox.claiming(COLUMNS))
        .bind(worker.as_str())
        .fetch_all(c)
        .await)?;
    rows.sort_by_key(|row| row.seq);
    rows.into_iter().map(|row| row.into_claimed(worker)).collect()
}

/// The deeds that an event led to, in order, each with where it stands.
pub async fn of_event(reader: &mut Reader, event: &EventId) -> Result<Vec<(EffectBody, EffectState)>, StoreError> {
    const SQL: &str = "SELECT body, state FROM outbox WHERE event = $1 ORDER BY seq";
    let rows: Vec<(String, String)> = on!(reader, c => sqlx::query_as(SQL).bind(event.as_str()).fetch_all(c).await)?;
    let read = |(body, state): (String, String)| {
        let state = EffectState::parse(&state).ok_or_else(|| StoreError::Corrupt(format!("outbox state {state:?}")))?;
        Ok((serde_json::from_str(&body)?, state))
    };
    rows.into_iter().map(read).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: String,
    body: String,
    trace: String,
    created_at: i64,
    attempt: i64,
}

impl Row {
    fn into_claimed(self, worker: &WorkerId) -> Result<Claimed, StoreError> {
        Ok(Claimed {
            effect: Effect {
                id: EffectId::new(self.id),
                body: serde_json::from_str(&self.body)?,
                trace: TraceId::new(self.trace),
                created_at: Timestamp::from_millis(self.created_at),
            },
            claim: Claim { worker: worker.clone(), attempt: self.attempt },
        })
    }
}
