//! The book of arrivals.

use std::collections::{HashMap, HashSet};

use sqlx::QueryBuilder;

use super::claims::{Claim, Queue};
use super::db::{Reader, Tx, on};
use super::error::StoreError;
use super::rows::runs;
use crate::domain::{EventId, Lane, Timestamp, TraceId, WorkerId};
use crate::event::{Arrival, Raw, Source, raw::Talk};

/// An arrival with the id it gets if it is new.
#[derive(Clone, Debug)]
pub struct NewRow {
    pub(super) raw: Raw,
    pub(super) talk: Option<Talk>,
}

/// A stored arrival that this process may work on.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The arrival.
    pub raw: Raw,
    /// The right to finish it.
    pub claim: Claim,
}

/// What came of an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Decided and written.
    Changed,
    /// Turned down.
    Refused,
    /// It meant nothing to us.
    Nothing,
    /// It held several events, each now a row of its own.
    Split,
    /// We could not handle it; a person looks.
    Parked,
}

impl Outcome {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Refused => "refused",
            Self::Nothing => "nothing",
            Self::Split => "split",
            Self::Parked => "parked",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Changed, Self::Refused, Self::Nothing, Self::Split, Self::Parked]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

impl NewRow {
    pub(super) fn of(arrival: Arrival, id: String, now: Timestamp) -> Self {
        let Arrival { source, dedup_key, lane, body, talk, trace } = arrival;
        let trace = trace.unwrap_or_else(|| TraceId::new(id.clone()));
        Self { raw: Raw { id: EventId::new(id), source, dedup_key, lane, body, received_at: now, trace }, talk }
    }
}

/// Inserts arrivals; gives the ids of those that were new, and whether `worker` has them in hand.
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    rows: &[&Raw],
    worker: &WorkerId,
) -> Result<HashMap<String, bool>, StoreError> {
    let is_alone = tx.is_alone();
    let mut new = HashMap::new();
    for run in runs(rows) {
        let ids: Vec<(String, bool)> = on!(tx, c => {
            let mut query =
                QueryBuilder::new("WITH new (id, source, dedup_key, lane, body, trace, received_at, worker) AS (");
            query.push_values(run, |mut row, raw| {
                row.push_bind(raw.id.as_str())
                    .push_bind(raw.source.to_text())
                    .push_bind(&raw.dedup_key)
                    .push_bind(raw.lane.as_str())
                    .push_bind(&raw.body)
                    .push_bind(raw.trace.as_str())
                    .push_bind(raw.received_at.as_millis())
                    .push_bind(worker.as_str());
            });
            query.push(
                ") INSERT INTO inbox (id, source, dedup_key, lane, body, trace, received_at, claimed_by, attempt) \
                 SELECT id, source, dedup_key, lane, body, trace, received_at, ",
            );
            query.push(Queue::Inbox.hand(is_alone));
            query.push(
                ", 1 FROM new WHERE TRUE ON CONFLICT (source, dedup_key) DO NOTHING RETURNING id, claimed_by <> ''",
            );
            query.build_query_as().fetch_all(c).await
        })?;
        new.extend(ids);
    }
    Ok(new)
}

/// How an arrival ends.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) id: EventId,
    pub(super) lane: Lane,
    pub(super) claim: Claim,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<String>,
}

impl Ending {
    /// That it meant nothing, until more is known.
    pub(super) fn of(claimed: &Claimed) -> Self {
        let Claimed { raw, claim } = claimed.clone();
        Self { id: raw.id, lane: raw.lane, claim, outcome: Outcome::Nothing, reason: None }
    }
}

/// What came of rows that were to end.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// Those whose claim still held.
    pub(super) held: HashSet<String>,
    /// Whether one of them has left its lane to a row in nobody's hand.
    pub(super) has_followers: bool,
}

/// Marks arrivals done.
pub(super) async fn finish(tx: &mut Tx<'_>, endings: &[&Ending], now: Timestamp) -> Result<Ended, StoreError> {
    let is_alone = tx.is_alone();
    let mut ended = Ended::default();
    for run in runs(endings) {
        let ids: Vec<(String, bool)> = on!(tx, c => {
            let mut query = QueryBuilder::new("WITH ending (id, worker, attempt, outcome, reason) AS (");
            query.push_values(run, |mut row, ending| {
                row.push_bind(ending.id.as_str())
                    .push_bind(ending.claim.worker.as_str())
                    .push_bind(ending.claim.attempt)
                    .push_bind(ending.outcome.as_str())
                    .push_bind(ending.reason.as_deref());
            });
            query.push(") UPDATE inbox SET outcome = ending.outcome, reason = ending.reason, done_at = ");
            query.push_bind(now.as_millis());
            query.push(
                " FROM ending WHERE inbox.id = ending.id AND inbox.done_at IS NULL \
                 AND inbox.claimed_by = ending.worker AND inbox.attempt = ending.attempt RETURNING inbox.id, ",
            );
            query.push(Queue::Inbox.followers(is_alone));
            query.build_query_as().fetch_all(c).await
        })?;
        for (id, has_followers) in ids {
            ended.has_followers |= has_followers;
            ended.held.insert(id);
        }
    }
    Ok(ended)
}

/// Takes free arrivals in hand, oldest first, as many as fit.
pub async fn claim(tx: &mut Tx<'_>, worker: &WorkerId) -> Result<Vec<Claimed>, StoreError> {
    const COLUMNS: &str = "seq, id, source, dedup_key, lane, body, trace, received_at, attempt";
    Queue::Inbox.claim_alone(tx).await?;
    let mut rows: Vec<Row> = on!(tx, c => sqlx::query_as(Queue::Inbox.claiming(COLUMNS))
        .bind(worker.as_str())
        .fetch_all(c)
        .await)?;
    rows.sort_by_key(|row| row.seq);
    rows.into_iter().map(|row| row.into_claimed(worker)).collect()
}

/// What came of the events of one arrival: the arrival's own outcome and those of the rows it was split into.
pub async fn outcomes(reader: &mut Reader, event: &EventId) -> Result<Vec<(EventId, Option<Outcome>)>, StoreError> {
    const SQL: &str = "SELECT id, outcome FROM inbox WHERE id = $1 OR (id > $2 AND id < $3) ORDER BY seq";
    let rows: Vec<(String, Option<String>)> = on!(reader, c => sqlx::query_as(SQL)
        .bind(event.as_str())
        .bind(format!("{event}-"))
        .bind(format!("{event}."))
        .fetch_all(c)
        .await)?;
    let known = |word: Option<String>| word.as_deref().and_then(Outcome::parse);
    Ok(rows.into_iter().map(|(id, word)| (EventId::new(id), known(word))).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: String,
    source: String,
    dedup_key: String,
    lane: String,
    body: String,
    trace: String,
    received_at: i64,
    attempt: i64,
}

impl Row {
    fn into_claimed(self, worker: &WorkerId) -> Result<Claimed, StoreError> {
        let source = Source::parse(&self.source)
            .ok_or_else(|| StoreError::Corrupt(format!("inbox {}: source {:?}", self.id, self.source)))?;
        Ok(Claimed {
            raw: Raw {
                id: EventId::new(self.id),
                source,
                dedup_key: self.dedup_key,
                lane: Lane::new(self.lane),
                body: self.body,
                received_at: Timestamp::from_millis(self.received_at),
                trace: TraceId::new(self.trace),
            },
            claim: Claim { worker: worker.clone(), attempt: self.attempt },
        })
    }
}
