//! What decisions write, table by table.

use super::db::Tx;
use super::error::StoreError;
use super::{cards, deployments, environments, iterations, members, revisions, rooms, timers};
use crate::change::Write;
use crate::domain::TraceId;

/// Writes one thing that was decided in a trace.
///
/// # Errors
/// [`StoreError::Conflict`] when what it was decided on has changed.
pub(super) async fn write(tx: &mut Tx<'_>, write: &Write, trace: &TraceId) -> Result<(), StoreError> {
    match write {
        Write::Iteration(iteration) => iterations::insert(tx, iteration).await,
        Write::Room(room) => rooms::put(tx, room).await,
        Write::WantBack { iteration, room } => rooms::want_back(tx, iteration, room).await,
        Write::Card(card) => cards::wish(tx, card).await,
        Write::Environment(environment) => environments::add(tx, environment).await,
        Write::Draft { environment, draft, from } => environments::put_draft(tx, environment, draft, *from).await,
        Write::Revision(revision) => revisions::insert(tx, revision).await,
        Write::Deployment(deployment) => deployments::insert(tx, deployment, trace).await,
        Write::Moved(moved) => deployments::update(tx, moved).await,
        Write::Wish { environment, wish, generation } => environments::wish(tx, environment, *wish, *generation).await,
        Write::LeaveHome { environment, generation } => environments::leave(tx, environment, *generation).await,
        Write::Hold { environment, hold } => environments::hold(tx, environment, hold.as_ref()).await,
        Write::Refuse { environment, refused } => environments::refuse(tx, environment, refused).await,
        Write::Timer { key, timer } => timers::put(tx, key, timer.as_ref()).await,
        Write::Want { iteration, person, because } => members::want(tx, iteration, person, *because).await,
        Write::Unwant { iteration, person } => members::unwant(tx, iteration, person).await,
    }
}
