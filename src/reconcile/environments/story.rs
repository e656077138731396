//! The running deployment's story, told step by step into the store and onto its card.

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{StewardError, Stewards};
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, Step, StepState};
use crate::domain::spec::ComponentSpec;
use crate::domain::touch::TouchKey;
use crate::ports::{DriverError, Progress};
use crate::store::{deployments, touches};

/// The story so far.
pub(super) struct Story {
    stewards: Stewards,
    deployment: Deployment,
    steps: Mutex<Vec<Step>>,
}

impl Story {
    pub(super) fn of(stewards: &Stewards, deployment: &Deployment) -> Self {
        let steps = Mutex::new(deployment.steps.clone());
        Self { stewards: stewards.clone(), deployment: deployment.clone(), steps }
    }

    /// Tells that a component is up as it should be: brought so by us, be it before a restart, or found so.
    pub(super) async fn is_up(&self, component: &ComponentName) -> Result<(), StewardError> {
        let before = {
            let steps = self.steps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            steps.iter().find(|step| step.component == *component).map(|step| step.state.clone())
        };
        match before {
            Some(StepState::Done | StepState::Unchanged) => Ok(()),
            Some(StepState::Running { .. }) => self.tell(component, StepState::Done).await,
            Some(StepState::Waiting | StepState::Left | StepState::Failed { .. }) | None => {
                self.tell(component, StepState::Unchanged).await
            }
        }
    }

    /// Brings one component up, telling each stage as it begins.
    pub(super) async fn bring(&self, spec: &ComponentSpec, called_off: &CancellationToken) -> Result<(), DriverError> {
        let stages = Stages::default();
        let bringing = self.stewards.driver.bring(spec, &stages, called_off);
        tokio::pin!(bringing);
        loop {
            tokio::select! {
                ended = &mut bringing => return ended,
                stage = stages.next() => {
                    let told = self.tell(&spec.component, StepState::Running { stage: stage.to_owned() }).await;
                    if let Err(cause) = told {
                        tracing::warn!(error = %cause, "the progress of a deployment cannot be written down");
                    }
                }
            }
        }
    }

    /// Writes how one component's step stands.
    pub(super) async fn tell(&self, component: &ComponentName, state: StepState) -> Result<(), StewardError> {
        let deployment = &self.deployment;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_follows_the_stages_hears_of_the_last_one() {
        let run = || {
            let stages = Arc::new(Stages::default());
            let followed = shuttle::future::spawn({
                let stages = stages.clone();
                async move {
                    let mut heard = vec![stages.next().await];
                    while heard.last() != Some(&"health") {
                        shuttle::future::yield_now().await;
                        heard.push(stages.next().await);
                    }
                    heard
                }
            });
            shuttle::future::spawn(async move {
                for stage in ["fetch", "build", "start", "health"] {
                    stages.stage(stage);
                    shuttle::future::yield_now().await;
                }
            });
            let heard = shuttle::future::block_on(followed).unwrap();
            let order = |stage: &&str| ["fetch", "build", "start", "health"].iter().position(|one| one == stage);
            assert!(
                heard.is_sorted_by(|one, next| order(one) < order(next)),
                "each once, and in their order: {heard:?}"
            );
        };
        shuttle::check_random(run, 1000);
    }
}
