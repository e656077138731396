//! The jobs that share one transaction, and the statements they become.

use tokio::sync::oneshot;

use super::commit::{Commit, Committed};
use super::db::Tx;
use super::error::StoreError;
use super::{audit, console, inbox, outbox, state, touches};
use crate::domain::{Timestamp, WorkerId};
use crate::event::Raw;
use crate::ports::Arrived;

/// Where a job's end is told.
pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// The jobs of one transaction, kept whole so that they can be run again one by one.
#[derive(Default)]
pub(super) struct Group {
    pub(super) arrivals: Vec<(Box<inbox::NewRow>, Answer<Arrived>)>,
    pub(super) commits: Vec<(Box<Commit>, Answer<Committed>)>,
    pub(super) receipts: Vec<(outbox::Receipt, Answer<()>)>,
}

/// What a group's transaction wrote, by the job's place in the group.
pub(super) struct Written {
    pub(super) arrived: Vec<Arrived>,
    pub(super) committed: Vec<Committed>,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.arrivals.len() + self.commits.len() + self.receipts.len()
    }

    /// A group of one statement needs no BEGIN and COMMIT.
    pub(super) fn is_one_statement(&self) -> bool {
        let plain_arrival = self.arrivals.len() == 1 && self.arrivals[0].0.talk.is_none();
        self.len() == 1 && (plain_arrival || self.receipts.len() == 1)
    }

    pub(super) fn singles(self) -> impl Iterator<Item = Self> {
        let arrivals = self.arrivals.into_iter().map(|job| Self { arrivals: vec![job], ..Self::default() });
        let commits = self.commits.into_iter().map(|job| Self { commits: vec![job], ..Self::default() });
        let receipts = self.receipts.into_iter().map(|job| Self { receipts: vec![job], ..Self::default() });
        arrivals.chain(commits).chain(receipts)
    }

    pub(super) fn fail(self, cause: &StoreError) {
        let told = || StoreError::Failed(cause.to_string());
        for (_, answer) in self.arrivals {
            drop(answer.send(Err(told())));
        }
        for (_, answer) in self.commits {
            drop(answer.send(Err(told())));
        }
        for (_, answer) in self.receipts {
            drop(answer.send(Err(told())));
        }
    }
}

/// The statements of a group. Everything that may fail a single job without failing the group comes first.
pub(super) async fn write_rows(
    tx: &mut Tx<'_>,
    group: &Group,
    by: (&WorkerId, Timestamp),
) -> Result<Written, StoreError> {
    let arrived = write_arrivals(tx, group, by.0).await?;
    let committed = write_commits(tx, group, by).await?;
    let receipts: Vec<_> = group.receipts.iter().map(|(receipt, _)| receipt).collect();
    outbox::record(tx, &receipts, by.1).await?;
    Ok(Written { arrived, committed })
}

async fn write_arrivals(tx: &mut Tx<'_>, group: &Group, worker: &WorkerId) -> Result<Vec<Arrived>, StoreError> {
    let rows: Vec<_> = group.arrivals.iter().map(|(row, _)| &row.raw).collect();
    let new = inbox::insert(tx, &rows, worker).await?;
    let is_new = |row: &inbox::NewRow| new.contains(row.raw.id.as_str());
    let talks: Vec<_> = group
        .arrivals
        .iter()
        .filter(|(row, _)| is_new(row))
        .filter_map(|(row, _)| row.talk.as_ref().map(|talk| (talk, row.raw.received_at)))
        .collect();
    console::insert_talk(tx, &talks).await?;
    let arrived = |row: &inbox::NewRow| {
        if is_new(row) { Arrived::New(row.raw.id.clone()) } else { Arrived::Seen }
    };
    Ok(group.arrivals.iter().map(|(row, _)| arrived(row)).collect())
}

async fn write_commits(
    tx: &mut Tx<'_>,
    group: &Group,
    (worker, now): (&WorkerId, Timestamp),
) -> Result<Vec<Committed>, StoreError> {
    let endings: Vec<_> = group.commits.iter().map(|(commit, _)| &commit.ending).collect();
    let held = inbox::finish(tx, &endings, now).await?;
    let holds = |commit: &Commit| held.contains(commit.ending.id.as_str());
    let commits: Vec<&Commit> = group.commits.iter().map(|(commit, _)| &**commit).filter(|c| holds(c)).collect();
    let children: Vec<&Raw> = commits.iter().flat_map(|commit| &commit.children).collect();
    let effects: Vec<_> = commits.iter().flat_map(|commit| &commit.effects).collect();
    let lines: Vec<_> = commits.iter().filter_map(|commit| commit.audit.as_ref()).collect();
    for commit in &commits {
        for write in &commit.writes {
            state::write(tx, write).await?;
        }
        touches::touch(tx, &commit.touched, now).await?;
    }
    inbox::insert(tx, &children, worker).await?;
    outbox::insert(tx, &effects, worker).await?;
    audit::insert(tx, &lines).await?;
    let committed = |commit: &Commit| if holds(commit) { Committed::Done } else { Committed::ClaimLost };
    Ok(group.commits.iter().map(|(commit, _)| committed(commit)).collect())
}
