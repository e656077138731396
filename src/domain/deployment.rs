//! A deployment: the story of one attempt to bring an environment to a revision. It does not execute: the wish of the
//! environment changes when it starts, and the steward executes.

use serde::{Deserialize, Serialize};

use super::card::CardId;
use super::component::ComponentName;
use super::ids::text_id;
use super::spec::EnvironmentName;
use super::{PersonId, RoomId, Timestamp};

text_id! {
    /// A deployment.
    DeploymentId;
}

/// One attempt to bring an environment to a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// Counted from 1 in its environment: how people name it, and the guard of what they press on its card.
    pub number: i64,
    /// Which environment.
    pub environment: EnvironmentName,
    /// Which life of it.
    pub generation: i64,
    /// Which revision.
    pub revision: i64,
    /// Where it stands.
    pub state: DeploymentState,
    /// What led to it.
    pub cause: Cause,
    /// Who asked for it, as audit lines name them.
    pub by: String,
    /// The person to be told when it fails; none when nobody asked.
    pub asker: Option<PersonId>,
    /// Who cancelled it, if somebody did.
    pub cancelled_by: Option<String>,
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

/// What led to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A person asked for it.
    Asked,
    /// A newer version of a followed branch.
    Update,
    /// What runs was changed from outside.
    Drift,
    /// An update failed, and was taken back.
    TakenBack,
}

impl Cause {
    const ALL: [Self; 4] = [Self::Asked, Self::Update, Self::Drift, Self::TakenBack];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Update => "update",
            Self::Drift => "drift",
            Self::TakenBack => "taken_back",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }
}

/// Where a deployment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentState {
    /// Waits for the running one.
    Queued,
    /// The wish is this revision; the steward brings it about.
    Applying,
    /// No further step is begun; what is there is being looked at.
    Stopping,
    /// What runs it does not answer: how it stands is not known until it does.
    Unknown,
    /// It runs and is healthy.
    Succeeded,
    /// It could not be brought about; the wish stands.
    Failed,
    /// A person ended it; the wish stands where it was begun.
    Cancelled,
    /// A newer one took its place before it began.
    Superseded,
}

impl DeploymentState {
    const ALL: [Self; 8] = [
        Self::Queued,
        Self::Applying,
        Self::Stopping,
        Self::Unknown,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Superseded,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Applying => "applying",
            Self::Stopping => "stopping",
            Self::Unknown => "unknown",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// It was begun and did not come through.
    pub fn has_ended_badly(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled)
    }

    /// It has begun and not ended: an environment has one such at most.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Applying | Self::Stopping | Self::Unknown)
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
    /// It was not brought about: the deployment was called off.
    Left,
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

/// A deployment in another state, and the state it was decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// As it is now.
    pub deployment: Deployment,
    /// As it was.
    pub from: DeploymentState,
}

impl Deployment {
    /// The deployment in another state.
    #[must_use]
    pub fn moved(self, state: DeploymentState) -> Moved {
        let from = self.state;
        Moved { deployment: Self { state, ..self }, from }
    }

    /// The queued deployment, replaced by a newer one.
    #[must_use]
    pub fn superseded(self, now: Timestamp) -> Moved {
        Self { ended_at: Some(now), ..self }.moved(DeploymentState::Superseded)
    }

    /// The deployment, called off: at once while it waits or where nothing is known of it, else as soon as the step
    /// under way has ended. None when there is nothing to call off any more.
    pub fn called_off(self, by: &str, now: Timestamp) -> Option<Moved> {
        let state = match self.state {
            DeploymentState::Queued | DeploymentState::Unknown => DeploymentState::Cancelled,
            DeploymentState::Applying => DeploymentState::Stopping,
            DeploymentState::Stopping
            | DeploymentState::Succeeded
            | DeploymentState::Failed
            | DeploymentState::Cancelled
            | DeploymentState::Superseded => return None,
        };
        let ended_at = (state == DeploymentState::Cancelled).then_some(now);
        let steps = if ended_at.is_some() { left(self.steps.clone()) } else { self.steps.clone() };
        Some(Self { cancelled_by: Some(by.to_owned()), ended_at, steps, ..self }.moved(state))
    }

    /// The running deployment, ended as its steps ended. One that was called off too late has succeeded.
    #[must_use]
    pub fn ended(self, now: Timestamp) -> Moved {
        let is_well = |step: &Step| matches!(step.state, StepState::Done | StepState::Unchanged);
        let (state, steps) = if self.steps.iter().all(is_well) {
            (DeploymentState::Succeeded, self.steps.clone())
        } else if self.state == DeploymentState::Stopping {
            (DeploymentState::Cancelled, left(self.steps.clone()))
        } else {
            (DeploymentState::Failed, self.steps.clone())
        };
        Self { ended_at: Some(now), steps, ..self }.moved(state)
    }

    /// Whether a component was brought to the deployment's revision.
    pub fn has_brought(&self, component: &ComponentName) -> bool {
        let is_up = |step: &&Step| matches!(step.state, StepState::Done | StepState::Unchanged);
        self.state == DeploymentState::Succeeded
            || self.steps.iter().filter(is_up).any(|step| step.component == *component)
    }
}

fn left(steps: Vec<Step>) -> Vec<Step> {
    let leave = |step: Step| match step.state {
        StepState::Waiting | StepState::Running { .. } => Step { state: StepState::Left, ..step },
        StepState::Done | StepState::Unchanged | StepState::Left | StepState::Failed { .. } => step,
    };
    steps.into_iter().map(leave).collect()
}
