//! How an environment is, in one word: derived from what is wished, what was seen and what runs; never stored.

use super::deployment::DeploymentState;
use super::environment::{Environment, Wish};
use super::spec::{Seen, SeenState};

/// How an environment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was deployed yet.
    Empty,
    /// A deployment is under way.
    Deploying,
    /// What runs it does not answer.
    Unknown,
    /// The last deployment did not come through.
    Unfinished,
    /// All that was deployed is up.
    Up,
    /// Something of it is not.
    Down,
    /// It is being removed.
    Removing,
    /// It was removed.
    Gone,
}

impl Phase {
    /// Derives it; `last` is where the newest deployment that began stands.
    pub fn of(environment: &Environment, last: Option<DeploymentState>) -> Self {
        let is_missing = |seen: &Seen| seen.state == SeenState::Missing;
        match environment.wish {
            Wish::Undecided => Self::Empty,
            Wish::Absent { .. } if environment.seen.iter().all(is_missing) => Self::Gone,
            Wish::Absent { .. } => Self::Removing,
            Wish::Present(_) if environment.lost_at.is_some() => Self::Unknown,
            Wish::Present(_) => match last {
                Some(DeploymentState::Applying | DeploymentState::Stopping) => Self::Deploying,
                Some(DeploymentState::Unknown) => Self::Unknown,
                Some(state) if state.has_ended_badly() => Self::Unfinished,
                _ if environment.seen.iter().all(|seen| matches!(seen.state, SeenState::Up { .. })) => Self::Up,
                _ => Self::Down,
            },
        }
    }

    /// As people read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "nothing deployed",
            Self::Deploying => "deploying",
            Self::Unknown => "not known",
            Self::Unfinished => "unfinished",
            Self::Up => "up",
            Self::Down => "down in part",
            Self::Removing => "being removed",
            Self::Gone => "removed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::domain::artifact::Digest;
    use crate::domain::component::ComponentName;
    use crate::domain::iteration::IterationKey;
    use crate::domain::spec::SpecHash;

    fn seen(state: SeenState) -> Seen {
        Seen { component: ComponentName::new("web"), state }
    }

    fn up() -> SeenState {
        SeenState::Up { digest: Digest::new("d"), hash: SpecHash::new("h"), since: Timestamp::ZERO }
    }

    /// One row a rule: the wish, what was seen, where the last deployment stands.
    #[test]
    fn the_table_of_phases() {
        let rows = [
            (Wish::Undecided, vec![], None, Phase::Empty),
            (Wish::Present(1), vec![], Some(DeploymentState::Applying), Phase::Deploying),
            (Wish::Present(1), vec![up()], Some(DeploymentState::Stopping), Phase::Deploying),
            (Wish::Present(1), vec![up()], Some(DeploymentState::Unknown), Phase::Unknown),
            (Wish::Present(1), vec![up()], Some(DeploymentState::Failed), Phase::Unfinished),
            (Wish::Present(1), vec![up()], Some(DeploymentState::Succeeded), Phase::Up),
            (Wish::Present(1), vec![SeenState::Missing], Some(DeploymentState::Succeeded), Phase::Down),
            (Wish::Absent { last: 1 }, vec![up()], Some(DeploymentState::Succeeded), Phase::Removing),
            (Wish::Absent { last: 1 }, vec![SeenState::Missing], Some(DeploymentState::Cancelled), Phase::Gone),
        ];
        for (wish, states, last, phase) in rows {
            let seen = states.into_iter().map(seen).collect();
            let environment = Environment { wish, seen, ..Environment::of_iteration(&IterationKey::new("it")) };
            assert_eq!(Phase::of(&environment, last), phase, "{wish:?} {last:?}");
        }
    }
}
