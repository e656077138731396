//! A deployment: the story of one attempt to bring an environment to a revision. It does not execute: the wish of the
//! environment changes when it starts, and the steward executes.

use serde::{Deserialize, Serialize};

use super::card::CardId;
use super::component::ComponentName;
use super::environment::Revision;
use super::ids::text_id;
use super::spec::EnvironmentName;
use super::{RoomId, Timestamp};

text_id! {
    /// A deployment.
    DeploymentId;
}

/// One attempt to bring an environment to a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// Which environment.
    pub environment: EnvironmentName,
    /// Which life of it.
    pub generation: i64,
    /// Which revision.
    pub revision: i64,
    /// Where it stands.
    pub state: DeploymentState,
    /// Who asked for it.
    pub by: String,
    /// Where it was asked for.
    pub asked_in: RoomId,
    /// The card that tells its story.
    pub card: CardId,
    /// When it was asked for.
    pub queued_at: Timestamp,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What was done, in order.
    pub steps: Vec<Step>,
}

/// Where a deployment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentState {
    /// Waits for the running one.
    Queued,
    /// The wish is this revision; the steward brings it about.
    Applying,
    /// It runs and is healthy.
    Succeeded,
    /// It could not be brought about; the wish stands.
    Failed,
    /// A newer one took its place before it began.
    Superseded,
}

impl DeploymentState {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Applying => "applying",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Queued, Self::Applying, Self::Succeeded, Self::Failed, Self::Superseded]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// What was done for one component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// For which.
    pub component: ComponentName,
    /// How it stands.
    pub state: StepState,
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is under way, in this stage.
    Running {
        /// `lay out`, `build`, `start`, `health`, `stop old`.
        stage: String,
    },
    /// It is up.
    Done,
    /// It was up with this version already.
    Unchanged,
    /// It failed.
    Failed {
        /// The stage it failed in.
        stage: String,
        /// Why, for people.
        why: String,
        /// The last lines of its log, at most 20.
        log: Vec<String>,
    },
}

/// What a request for a deployment leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The new deployment.
    pub deployment: Deployment,
    /// The queued one that it supersedes.
    pub superseded: Option<Deployment>,
}

/// Where, by whom and on which card a deployment is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id.
    pub id: DeploymentId,
    /// Which life of the environment.
    pub generation: i64,
    /// By whom.
    pub by: String,
    /// Where.
    pub asked_in: RoomId,
    /// The card that tells its story.
    pub card: CardId,
    /// When.
    pub now: Timestamp,
}

/// Asks for a deployment to `revision`: it starts at once when nothing runs, else it waits, in the place of any that
/// waited before.
pub fn ask(revision: &Revision, request: Request, (running, queued): (bool, Option<Deployment>)) -> Asked {
    let Request { id, generation, by, asked_in, card, now } = request;
    let state = if running { DeploymentState::Queued } else { DeploymentState::Applying };
    let waiting = |component: &ComponentName| Step { component: component.clone(), state: StepState::Waiting };
    let deployment = Deployment {
        id,
        environment: revision.environment.clone(),
        generation,
        revision: revision.number,
        state,
        by,
        asked_in,
        card,
        queued_at: now,
        started_at: (state == DeploymentState::Applying).then_some(now),
        ended_at: None,
        steps: revision.selections.keys().map(waiting).collect(),
    };
    let superseded = queued.map(|old| Deployment { state: DeploymentState::Superseded, ended_at: Some(now), ..old });
    Asked { deployment, superseded }
}

impl Deployment {
    /// The queued deployment, started.
    #[must_use]
    pub fn started(self, now: Timestamp) -> Self {
        Self { state: DeploymentState::Applying, started_at: Some(now), ..self }
    }

    /// The deployment, ended as its steps ended.
    #[must_use]
    pub fn ended(self, now: Timestamp) -> Self {
        let is_well = |step: &Step| matches!(step.state, StepState::Done | StepState::Unchanged);
        let state = if self.steps.iter().all(is_well) { DeploymentState::Succeeded } else { DeploymentState::Failed };
        Self { state, ended_at: Some(now), ..self }
    }
}
