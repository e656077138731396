//! The jobs that share one transaction, and the statements they become.

use std::collections::HashSet;

use tokio::sync::oneshot;

use super::claims::Queue;
use super::commit::{Commit, Committed};
use super::db::Tx;
use super::error::StoreError;
use super::listen::News;
use super::{audit, console, deployments, inbox, outbox, state, touches};
use crate::domain::spec::EnvironmentName;
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
#[derive(Default)]
pub(super) struct Written {
    /// Each with whether its row is ours.
    pub(super) arrived: Vec<(Arrived, bool)>,
    pub(super) committed: Vec<Committed>,
    /// The further rows that are in nobody's hand: an earlier one of their lane is in another's.
    pub(super) free: HashSet<String>,
    /// Whether something that ended has left its lane to a row in nobody's hand.
    pub(super) has_followers: bool,
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

    /// What it adds to or ends something of; an environment's deployments are like a lane.
    pub(super) fn lanes(&self) -> impl Iterator<Item = (Queue, &str)> {
        let arrivals = self.arrivals.iter().map(|(row, _)| row.raw.lane.as_str());
        let endings = self.commits.iter().map(|(commit, _)| commit.ending.lane.as_str());
        let effects = self.commits.iter().flat_map(|(commit, _)| &commit.effects).map(|effect| effect.body.key());
        let receipts = self.receipts.iter().map(|(receipt, _)| receipt.lane.as_str());
        let environments = self.commits.iter().flat_map(|(commit, _)| commit.deploys_in()).map(EnvironmentName::as_str);
        let inbox = arrivals.chain(endings).chain(environments).map(|lane| (Queue::Inbox, lane));
        inbox.chain(effects.chain(receipts).map(|lane| (Queue::Outbox, lane)))
    }

    /// What it has for those who wait.
    pub(super) fn news(&self) -> News {
        let mut commits = self.commits.iter().map(|(commit, _)| commit);
        let has_touched = commits.clone().any(|commit| !commit.touched.is_empty());
        let has_timed = commits.any(|commit| commit.sets_timer());
        News::NONE.with(News::TOUCHED, has_touched).with(News::TIMED, has_timed)
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
    let mut written = Written { arrived, ..write_commits(tx, group, by).await? };
    let receipts: Vec<_> = group.receipts.iter().map(|(receipt, _)| receipt).collect();
    written.has_followers |= outbox::record(tx, &receipts, by.1).await?;
    Ok(written)
}

async fn write_arrivals(tx: &mut Tx<'_>, group: &Group, worker: &WorkerId) -> Result<Vec<(Arrived, bool)>, StoreError> {
    let rows: Vec<_> = group.arrivals.iter().map(|(row, _)| &row.raw).collect();
    let new = inbox::insert(tx, &rows, worker).await?;
    let is_new = |row: &inbox::NewRow| new.contains_key(row.raw.id.as_str());
    let talks: Vec<_> = group
        .arrivals
        .iter()
        .filter(|(row, _)| is_new(row))
        .filter_map(|(row, _)| row.talk.as_ref().map(|talk| (talk, row.raw.received_at)))
        .collect();
    console::insert_talk(tx, &talks).await?;
    let arrived = |row: &inbox::NewRow| match new.get(row.raw.id.as_str()) {
        Some(is_ours) => (Arrived::New(row.raw.id.clone()), *is_ours),
        None => (Arrived::Seen, false),
    };
    Ok(group.arrivals.iter().map(|(row, _)| arrived(row)).collect())
}

async fn write_commits(
    tx: &mut Tx<'_>,
    group: &Group,
    (worker, now): (&WorkerId, Timestamp),
) -> Result<Written, StoreError> {
    let endings: Vec<_> = group.commits.iter().map(|(commit, _)| &commit.ending).collect();
    let ended = inbox::finish(tx, &endings, now).await?;
    let holds = |commit: &Commit| ended.held.contains(commit.ending.id.as_str());
    let commits: Vec<&Commit> = group.commits.iter().map(|(commit, _)| &**commit).filter(|c| holds(c)).collect();
    let children: Vec<&Raw> = commits.iter().flat_map(|commit| &commit.children).collect();
    let effects: Vec<_> = commits.iter().flat_map(|commit| &commit.effects).collect();
    let lines: Vec<_> = commits.iter().filter_map(|commit| commit.audit.as_ref()).collect();
    for commit in &commits {
        for write in &commit.writes {
            state::write(tx, write, &commit.trace).await?;
        }
        // Decided at once, one that ends and one that waits for it do not know of each other.
        if let Some(environment) = commit.deploys_in().next() {
            deployments::refuse_to_wait_for_nothing(tx, environment).await?;
        }
        touches::touch(tx, &commit.touched, now).await?;
    }
    let born = inbox::insert(tx, &children, worker).await?;
    let in_hand = outbox::insert(tx, &effects, worker).await?;
    audit::insert(tx, &lines).await?;
    let committed = |commit: &Commit| if holds(commit) { Committed::Done } else { Committed::ClaimLost };
    let effects = effects.iter().map(|effect| effect.id.as_str()).filter(|id| !in_hand.contains(*id));
    let children = born.iter().filter(|(_, is_ours)| !**is_ours).map(|(id, _)| id.as_str());
    Ok(Written {
        arrived: Vec::new(),
        committed: group.commits.iter().map(|(commit, _)| committed(commit)).collect(),
        free: effects.chain(children).map(str::to_owned).collect(),
        has_followers: ended.has_followers,
    })
}
