//! State that a decision writes, as data.

use crate::domain::PersonId;
use crate::domain::card::CardRow;
use crate::domain::deployment::{Deployment, DeploymentState};
use crate::domain::environment::{Draft, Environment, Revision};
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::member::Because;
use crate::domain::room::Room;
use crate::domain::spec::EnvironmentName;

/// One thing that a decision writes. Each fails as a conflict when what it was decided on has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A new iteration; a conflict when its key is taken.
    Iteration(Iteration),
    /// The wish for a room.
    Room(Room),
    /// The wish for a card.
    Card(CardRow),
    /// An environment, unless it is there.
    Environment(Environment),
    /// What is being chosen; a conflict when it is no longer at version `from`.
    Draft {
        /// For which environment.
        environment: EnvironmentName,
        /// What is chosen now.
        draft: Draft,
        /// The version it was decided on.
        from: i64,
    },
    /// The next revision; a conflict when its number is taken.
    Revision(Revision),
    /// A deployment; a conflict when the environment has one in this state.
    Deployment(Deployment),
    /// A deployment in another state; a conflict when it is no longer in the state `from`.
    Moved {
        /// The deployment as it is now.
        deployment: Deployment,
        /// The state it was decided on.
        from: DeploymentState,
    },
    /// The revision that an environment should run.
    Wish {
        /// Which environment.
        environment: EnvironmentName,
        /// Which revision.
        revision: i64,
    },
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
