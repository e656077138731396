//! State that a decision writes, as data.

use crate::domain::PersonId;
use crate::domain::card::CardRow;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::member::Because;
use crate::domain::room::Room;

/// One thing that a decision writes. Each fails as a conflict when what it was decided on has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A new iteration; a conflict when its key is taken.
    Iteration(Iteration),
    /// The wish for a room.
    Room(Room),
    /// The wish for a card.
    Card(CardRow),
    /// A person is wanted in a room.
    Want {
        /// Whose room.
        iteration: IterationKey,
        /// Who.
        person: PersonId,
        /// Why.
        because: Because,
    },
    /// A person is wanted in a room no more.
    Unwant {
        /// Whose room.
        iteration: IterationKey,
        /// Who.
        person: PersonId,
    },
}
