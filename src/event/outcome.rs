//! What our own stewards and couriers saw, when it differs from what was stored. They never decide; a reaction does.

use serde::{Deserialize, Serialize};

use super::{Arrival, Source, Unreadable};
use crate::domain::component::{ComponentName, RepositoryName};
use crate::domain::deployment::DeploymentId;
use crate::domain::iteration::IterationKey;
use crate::domain::room::Standing;
use crate::domain::spec::EnvironmentName;
use crate::domain::{HomeId, Lane, RoomId, Timestamp};

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The room of an iteration is there.
    RoomOpened {
        /// Whose.
        iteration: IterationKey,
    },
    /// The chat refuses to make the room; it is tried again with growing waits.
    RoomRefused {
        /// Whose.
        iteration: IterationKey,
        /// The room that it would follow, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        former: Option<RoomId>,
        /// Why, for people.
        why: String,
    },
    /// An iteration goes on in another room: the one before could not be opened again.
    RoomSucceeded {
        /// Whose.
        iteration: IterationKey,
        /// The room before.
        former: RoomId,
    },
    /// A room that an iteration has left is open again, so that somebody hears us there.
    FormerRoomBack {
        /// Whose it was.
        iteration: IterationKey,
        /// Which.
        room: RoomId,
    },
    /// The room of an iteration was archived, lost, or is there again.
    RoomStands {
        /// Whose.
        iteration: IterationKey,
        /// How it stands to us.
        standing: Standing,
        /// When it was seen.
        at: Timestamp,
    },
    /// People gave the room of an iteration another name.
    RoomRenamed {
        /// Whose.
        iteration: IterationKey,
        /// What it was called.
        before: String,
        /// What it is called now.
        after: String,
        /// When it was seen.
        at: Timestamp,
    },
    /// Every step of a deployment was tried, or none is begun any more.
    DeploymentTried {
        /// Which deployment.
        deployment: DeploymentId,
        /// In which environment.
        environment: EnvironmentName,
    },
    /// What brings a deployment about does not answer; it is asked until it does.
    DeploymentLost {
        /// Which deployment.
        deployment: DeploymentId,
        /// In which environment.
        environment: EnvironmentName,
    },
    /// Components run something else than they should, and no deployment of ours made them.
    Drifted {
        /// In which environment.
        environment: EnvironmentName,
        /// Which observation it was.
        observation: i64,
        /// Which.
        components: Vec<ComponentName>,
    },
    /// A component had ended by itself, and was started again.
    Repaired {
        /// In which environment.
        environment: EnvironmentName,
        /// Which.
        component: ComponentName,
        /// When the first try was made.
        since: Timestamp,
        /// What came of it.
        end: RepairEnd,
    },
    /// A component ended by itself that the last deployment had not brought about: nobody knows what it should be.
    LeftDown {
        /// In which environment.
        environment: EnvironmentName,
        /// Which observation it was.
        observation: i64,
        /// Which.
        component: ComponentName,
    },
    /// Nothing of an environment is there any more.
    EnvironmentGone {
        /// Which.
        environment: EnvironmentName,
        /// Which life of it.
        generation: i64,
    },
    /// An environment cannot be removed; it is tried again.
    RemovalStuck {
        /// Which.
        environment: EnvironmentName,
        /// Which life of it.
        generation: i64,
        /// Why, for people.
        why: String,
    },
    /// Nobody hears any more of the machine that an environment runs on.
    HomeLost {
        /// Which environment.
        environment: EnvironmentName,
        /// Where on that machine it lives.
        home: HomeId,
        /// When it was noticed.
        at: Timestamp,
    },
    /// The machine that an environment runs on is heard of again.
    HomeBack {
        /// Which environment.
        environment: EnvironmentName,
        /// Where on that machine it lives.
        home: HomeId,
        /// When it was noticed.
        at: Timestamp,
    },
    /// A repository has other branches, or other commits on them, than at the last look.
    RepositoryChanged {
        /// Which.
        repository: RepositoryName,
        /// Which observation it was.
        observation: i64,
    },
}

/// What came of starting a component again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairEnd {
    /// It is up again.
    Up,
    /// It is not; it is tried again after a longer wait.
    Down {
        /// Why, for people.
        why: String,
    },
    /// It was tried often enough.
    GivenUp,
}

/// Reads an outcome.
pub(super) fn read(body: &str) -> Result<Outcome, Unreadable> {
    serde_json::from_str(body).map_err(|cause| Unreadable(cause.to_string()))
}

impl Outcome {
    /// As it goes into the inbox: the object's lane, and a key that tells this observation from the object's others.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no outcome of ours is.
    pub fn to_arrival(&self) -> Result<Arrival, serde_json::Error> {
        let (lane, key) = self.place();
        Ok(Arrival {
            source: Source::House,
            dedup_key: key,
            lane: Lane::new(lane),
            body: serde_json::to_string(self)?,
            talk: None,
            trace: None,
        })
    }

    /// Its lane, and the key that tells it from others.
    fn place(&self) -> (String, String) {
        match self {
            Self::RoomOpened { iteration } => (of_iteration(iteration), format!("room:{iteration}#opened")),
            Self::RoomRefused { iteration, former: None, .. } => {
                (of_iteration(iteration), format!("room:{iteration}#refused"))
            }
            Self::RoomRefused { iteration, former: Some(former), .. } => {
                (of_iteration(iteration), format!("room:{iteration}#refused-after-{former}"))
            }
            Self::RoomSucceeded { iteration, former } => {
                (of_iteration(iteration), format!("room:{iteration}#after-{former}"))
            }
            Self::FormerRoomBack { iteration, room } => {
                (of_iteration(iteration), format!("room:{iteration}#back-{room}"))
            }
            Self::RoomStands { iteration, standing, at } => {
                let (standing, at) = (standing.as_str(), at.as_millis());
                (of_iteration(iteration), format!("room:{iteration}#{standing}-{at}"))
            }
            Self::RoomRenamed { iteration, after, at, .. } => {
                (of_iteration(iteration), format!("room:{iteration}#renamed-{after}-{}", at.as_millis()))
            }
            Self::DeploymentTried { deployment, environment } => {
                (of(environment), format!("deployment:{deployment}#tried"))
            }
            Self::DeploymentLost { deployment, environment } => {
                (of(environment), format!("deployment:{deployment}#lost"))
            }
            Self::Drifted { environment, observation, .. } => {
                (of(environment), format!("environment:{environment}#drift-{observation}"))
            }
            Self::Repaired { environment, component, since, end } => {
                let (millis, word) = (since.as_millis(), end.word());
                (of(environment), format!("environment:{environment}#repair-{component}-{millis}-{word}"))
            }
            Self::LeftDown { environment, observation, component } => {
                (of(environment), format!("environment:{environment}#left-{component}-{observation}"))
            }
            Self::EnvironmentGone { environment, generation } => {
                (of(environment), format!("environment:{environment}#gone-{generation}"))
            }
            Self::RemovalStuck { environment, generation, .. } => {
                (of(environment), format!("environment:{environment}#stuck-{generation}"))
            }
            Self::HomeLost { environment, home, at } => {
                (of(environment), format!("environment:{environment}#lost-{home}-{}", at.as_millis()))
            }
            Self::HomeBack { environment, home, at } => {
                (of(environment), format!("environment:{environment}#back-{home}-{}", at.as_millis()))
            }
            Self::RepositoryChanged { repository, observation } => {
                (format!("repository:{repository}"), format!("repository:{repository}#{observation}"))
            }
        }
    }
}

impl RepairEnd {
    fn word(&self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down { .. } => "down",
            Self::GivenUp => "given-up",
        }
    }
}

fn of(environment: &EnvironmentName) -> String {
    format!("environment:{environment}")
}

fn of_iteration(iteration: &IterationKey) -> String {
    format!("iteration:{iteration}")
}
