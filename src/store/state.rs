//! What decisions write, table by table.

use super::db::Tx;
use super::error::StoreError;
use super::{cards, deployments, environments, iterations, members, revisions, rooms};
use crate::change::Write;

/// Writes one thing.
///
/// # Errors
/// [`StoreError::Conflict`] when what it was decided on has changed.
pub(super) async fn write(tx: &mut Tx<'_>, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Iteration(iteration) => iterations::insert(tx, iteration).await,
        Write::Room(room) => rooms::put(tx, room).await,
        Write::Card(card) => cards::wish(tx, card).await,
        Write::Environment(environment) => environments::add(tx, environment).await,
        Write::Draft { environment, draft, from } => environments::put_draft(tx, environment, draft, *from).await,
        Write::Revision(revision) => revisions::insert(tx, revision).await,
        Write::Deployment(deployment) => deployments::insert(tx, deployment).await,
        Write::Moved { deployment, from } => deployments::update(tx, deployment, *from).await,
        Write::Wish { environment, revision } => environments::wish(tx, environment, *revision).await,
        Write::Want { iteration, person, because } => members::want(tx, iteration, person, *because).await,
        Write::Unwant { iteration, person } => members::unwant(tx, iteration, person).await,
    }
}
