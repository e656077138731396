//! Environments: observe, plan, apply. Brings the components of the wished revision up, one after the other, and
//! writes down how far it is.

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::run::Stewards;
use super::{Next, StewardError};
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, DeploymentState, Step, StepState};
use crate::domain::environment::{Environment, Revision};
use crate::domain::spec::{ComponentSpec, EnvironmentName, Seen};
use crate::domain::touch::TouchKey;
use crate::event::outcome::Outcome;
use crate::ports::{DriverError, Progress};
use crate::store::{deployments, environments, revisions, touches};

/// What is to be done about one component.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PlanStep {
    /// It is up as it should be.
    Leave(ComponentName),
    /// Bring it to this.
    Bring(Box<ComponentSpec>),
    /// It is no part of the product any more.
    End(ComponentName),
}

/// Brings the environment to its wished revision.
pub(super) async fn reconcile(stewards: &Stewards, name: &EnvironmentName) -> Result<Next, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let Some(environment) = environments::find(&mut reader, name).await? else { return Ok(Next::AtRest) };
    let Some(number) = environment.wished else { return Ok(Next::AtRest) };
    let Some(revision) = revisions::find(&mut reader, name, number).await? else {
        return Err(StewardError::Broken(format!("{name} wishes for revision {number}, which is not there")));
    };
    let running = deployments::newest_in(&mut reader, name, DeploymentState::Applying).await?;
    drop(reader);
    let running = running.filter(|deployment| deployment.revision == number);
    let seen = stewards.driver.observe(name).await?;
    let steps = plan(stewards, (&environment, &revision), &seen);
    let story = Story::of(stewards, running, &revision);
    let is_whole = apply(stewards, &environment, steps, &story).await?;
    let seen = stewards.driver.observe(name).await?;
    if !is_whole {
        // The house closes: the key stays due, and the next start goes on from here.
        return Ok(Next::At(stewards.clock.now()));
    }
    record(stewards, name, seen, &story).await?;
    Ok(Next::AtRest)
}

/// Pure but for the settings: what differs between the wish and what was seen.
fn plan(stewards: &Stewards, (environment, revision): (&Environment, &Revision), seen: &[Seen]) -> Vec<PlanStep> {
    let project = &stewards.project;
    let mut steps = Vec::new();
    for component in &project.components {
        let Some(selection) = revision.selections.get(&component.name) else { continue };
        let life = (&environment.name, environment.generation);
        let grounds = (&project.addresses, project.components.as_slice());
        let spec = ComponentSpec::of(component, &selection.artifact.digest, life, grounds);
        let state = seen.iter().find(|seen| seen.component == component.name).map(|seen| &seen.state);
        if spec.is_up(state) {
            steps.push(PlanStep::Leave(component.name.clone()));
        } else {
            steps.push(PlanStep::Bring(Box::new(spec)));
        }
    }
    let is_ours = |seen: &&Seen| project.component(seen.component.as_str()).is_some();
    steps.extend(seen.iter().filter(|seen| !is_ours(seen)).map(|seen| PlanStep::End(seen.component.clone())));
    steps
}

/// Does the steps; false when the house closes before all were tried.
async fn apply(
    stewards: &Stewards,
    environment: &Environment,
    steps: Vec<PlanStep>,
    story: &Story,
) -> Result<bool, StewardError> {
    for step in steps {
        match step {
            PlanStep::Leave(component) => story.tell(&component, StepState::Unchanged).await?,
            PlanStep::End(component) => {
                stewards.driver.end(&environment.name, environment.generation, &component).await?;
            }
            PlanStep::Bring(spec) => match bring(stewards, &spec, story).await {
                Ok(()) => story.tell(&spec.component, StepState::Done).await?,
                Err(DriverError::Stopped) => return Ok(false),
                Err(DriverError::Failed { stage, why, log }) => {
                    story.tell(&spec.component, StepState::Failed { stage: stage.to_owned(), why, log }).await?;
                }
                Err(other) => return Err(other.into()),
            },
        }
    }
    Ok(true)
}

/// Brings one component up, telling each stage as it begins.
async fn bring(stewards: &Stewards, spec: &ComponentSpec, story: &Story) -> Result<(), DriverError> {
    let stages = Stages::default();
    let bringing = stewards.driver.bring(spec, &stages, &stewards.stop);
    tokio::pin!(bringing);
    loop {
        tokio::select! {
            ended = &mut bringing => return ended,
            stage = stages.next() => {
                let told = story.tell(&spec.component, StepState::Running { stage: stage.to_owned() }).await;
                if let Err(cause) = told {
                    tracing::warn!(error = %cause, "the progress of a deployment cannot be written down");
                }
            }
        }
    }
}

/// Writes down what runs now, and lets a reaction end the deployment.
async fn record(
    stewards: &Stewards,
    name: &EnvironmentName,
    seen: Vec<Seen>,
    story: &Story,
) -> Result<(), StewardError> {
    let outcome = story.deployment.as_ref().map(|deployment| {
        let ended = Outcome::DeploymentTried { deployment: deployment.id.clone(), environment: name.clone() };
        ended.to_arrival("tried").map_err(|cause| StewardError::Broken(cause.to_string()))
    });
    let outcomes = outcome.transpose()?.into_iter().collect();
    let (name, now) = (name.clone(), stewards.clock.now());
    let written = stewards
        .store
        .observe(outcomes, move |tx| Box::pin(async move { environments::put_seen(tx, &name, &seen, now).await }));
    Ok(written.await?)
}

/// The running deployment's story, told step by step into the store and onto its card.
struct Story {
    stewards: Stewards,
    deployment: Option<Deployment>,
    steps: Mutex<Vec<Step>>,
}

impl Story {
    fn of(stewards: &Stewards, deployment: Option<Deployment>, revision: &Revision) -> Self {
        let waiting = |component: &ComponentName| Step { component: component.clone(), state: StepState::Waiting };
        let steps = Mutex::new(revision.selections.keys().map(waiting).collect());
        Self { stewards: stewards.clone(), deployment, steps }
    }

    /// Writes how one component's step stands; a repair without a deployment has no story.
    async fn tell(&self, component: &ComponentName, state: StepState) -> Result<(), StewardError> {
        let Some(deployment) = &self.deployment else { return Ok(()) };
        let steps = {
            let mut steps = self.steps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(step) = steps.iter_mut().find(|step| step.component == *component) {
                step.state = state;
            }
            steps.clone()
        };
        let (id, card) = (deployment.id.clone(), TouchKey::Card(deployment.card.clone()));
        let now = self.stewards.clock.now();
        let written = self.stewards.store.observe(Vec::new(), move |tx| {
            Box::pin(async move {
                deployments::put_steps(tx, &id, &steps).await?;
                touches::touch(tx, &[card], now).await
            })
        });
        Ok(written.await?)
    }
}

/// Stages as the driver names them; the newest counts.
#[derive(Default)]
struct Stages {
    newest: Mutex<Option<&'static str>>,
    begun: Arc<Notify>,
}

impl Stages {
    async fn next(&self) -> &'static str {
        loop {
            self.begun.notified().await;
            let newest = self.newest.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            if let Some(stage) = newest {
                return stage;
            }
        }
    }
}

impl Progress for Stages {
    fn stage(&self, stage: &'static str) {
        *self.newest.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(stage);
        self.begun.notify_one();
    }
}
