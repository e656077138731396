//! State that a decision writes, as data.

use std::collections::BTreeMap;

use crate::domain::artifact::Digest;
use crate::domain::card::CardRow;
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, Moved};
use crate::domain::environment::{Draft, Environment, Revision, Wish};
use crate::domain::hold::Hold;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::member::Because;
use crate::domain::room::Room;
use crate::domain::spec::EnvironmentName;
use crate::domain::timer::{Timer, TimerKey};
use crate::domain::{PersonId, RoomId};

/// One thing that a decision writes. Each fails as a conflict when what it was decided on has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A new iteration; a conflict when its key is taken.
    Iteration(Iteration),
    /// The wish for a room.
    Room(Room),
    /// A room in which nobody hears us is wanted back; a conflict when it is open, or another has taken its place.
    WantBack {
        /// Whose.
        iteration: IterationKey,
        /// Which.
        room: RoomId,
    },
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
    /// A deployment in another state; a conflict when it is no longer in the state that was decided on.
    Moved(Moved),
    /// What should be there from now on; what was tried to mend it before is forgotten.
    Wish {
        /// In which environment.
        environment: EnvironmentName,
        /// What.
        wish: Wish,
        /// In which life of it.
        generation: i64,
    },
    /// An environment leaves its lost home and begins a new life elsewhere; a conflict when it is not lost any more.
    LeaveHome {
        /// Which.
        environment: EnvironmentName,
        /// The new life.
        generation: i64,
    },
    /// Why an environment takes no newer versions by itself.
    Hold {
        /// Which environment.
        environment: EnvironmentName,
        /// Why; none when it takes them again.
        hold: Option<Hold>,
    },
    /// The versions that an environment does not take by itself.
    Refuse {
        /// Which environment.
        environment: EnvironmentName,
        /// The versions.
        refused: BTreeMap<ComponentName, Digest>,
    },
    /// Something is to be decided later.
    Timer {
        /// What.
        key: TimerKey,
        /// When; no more when there is none.
        timer: Option<Timer>,
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
