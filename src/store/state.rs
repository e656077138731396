//! What decisions write, table by table.

use super::db::Tx;
use super::error::StoreError;
use super::{cards, iterations, members, rooms};
use crate::change::Write;

/// Writes one thing.
///
/// # Errors
/// [`StoreError::Conflict`] when what it was decided on has changed.
pub(super) async fn write(tx: &mut Tx<'_>, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Iteration(iteration) => iterations::insert(tx, iteration).await,
        Write::Room(room) => rooms::put(tx, room).await,
        Write::Card(card) => cards::put(tx, card).await,
        Write::Want { iteration, person, because } => members::want(tx, iteration, person, *because).await,
        Write::Unwant { iteration, person } => members::unwant(tx, iteration, person).await,
    }
}
