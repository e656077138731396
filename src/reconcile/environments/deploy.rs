//! While a deployment runs: its steps, one after the other, until they were tried or it is called off.

use tokio_util::sync::CancellationToken;

use super::plan::{PlanStep, Wished};
use super::story::Story;
use super::{Next, Running, SOON, StewardError, Stewards, arrival, record};
use crate::domain::TraceId;
use crate::domain::deployment::{Deployment, DeploymentState, StepState};
use crate::domain::environment::{Environment, Revision};
use crate::domain::spec::{Seen, SeenState};
use crate::event::outcome::Outcome;
use crate::ports::DriverError;
use crate::store::deployments;

/// How the steps ended.
enum Ended {
    /// All were tried.
    Tried,
    /// It was called off: none is begun any more.
    CalledOff,
    /// The same, and what is there is still coming up: what came through is not known yet.
    NotYetKnown,
    /// The house closes: the key stays due, and the next start goes on from here.
    HouseCloses,
    /// The environment has begun a newer life; whoever began it has it looked at.
    Outdated,
    /// What is wished changed while it was read: nothing was done.
    ReadApart,
}

/// Does the steps of the running deployment; `revision` is the wish.
pub(super) async fn reconcile(
    stewards: &Stewards,
    (mut environment, running): (Environment, Running),
    revision: &Revision,
) -> Result<Next, StewardError> {
    let Running { deployment: running, trace } = running;
    match run(stewards, (&environment, &running), revision).await {
        Ok((Ended::Tried | Ended::CalledOff, seen)) => {
            let tried =
                Outcome::DeploymentTried { deployment: running.id.clone(), environment: environment.name.clone() };
            record(stewards, &mut environment, seen, vec![arrival(&tried)?.following(trace)]).await?;
            Ok(Next::At(stewards.clock.now().plus(stewards.check_every)))
        }
        Ok((Ended::NotYetKnown | Ended::ReadApart, _)) => Ok(Next::At(stewards.clock.now().plus(SOON))),
        Ok((Ended::HouseCloses, _)) => Ok(Next::At(stewards.clock.now())),
        Ok((Ended::Outdated, _)) => Ok(Next::AtRest),
        Err(StewardError::Driver(DriverError::Busy { after, why })) => {
            tracing::warn!(deployment = %running.id, why, "a deployment's platform does not answer");
            lost(stewards, &running, trace).await?;
            Ok(Next::At(stewards.clock.now().plus(after.unwrap_or(SOON))))
        }
        Err(other) => Err(other),
    }
}

async fn run(
    stewards: &Stewards,
    (environment, running): (&Environment, &Deployment),
    revision: &Revision,
) -> Result<(Ended, Vec<Seen>), StewardError> {
    let seen = stewards.driver.observe(&environment.name).await?;
    // They change in one transaction, and are read one after the other: this run may have started in between.
    if running.revision != revision.number {
        return Ok((Ended::ReadApart, seen));
    }
    let is_called_off = running.state == DeploymentState::Stopping;
    let wished = Wished { project: &stewards.project, environment, revision };
    let story = Story::of(stewards, running);
    if is_called_off {
        return looked_over(wished, seen, &story).await;
    }
    let steps = wished.deploying(&seen);
    let called_off = stewards.stop.child_token();
    let working = apply(stewards, environment, (steps, &story), &called_off);
    let watching = watch(stewards, running, &called_off);
    tokio::pin!(working, watching);
    let ended = tokio::select! {
        ended = &mut working => ended?,
        // It cancels the token, and the step under way takes back what it had begun.
        () = &mut watching => working.await?,
    };
    let seen = stewards.driver.observe(&environment.name).await?;
    match ended {
        Ended::CalledOff | Ended::NotYetKnown => looked_over(wished, seen, &story).await,
        Ended::Tried | Ended::HouseCloses | Ended::Outdated | Ended::ReadApart => Ok((ended, seen)),
    }
}

/// What was called off may have come through all the same, or a restart came before it was written down.
async fn looked_over(wished: Wished<'_>, seen: Vec<Seen>, story: &Story) -> Result<(Ended, Vec<Seen>), StewardError> {
    if seen.iter().any(|seen| seen.state == SeenState::Starting) {
        return Ok((Ended::NotYetKnown, seen));
    }
    for step in wished.deploying(&seen) {
        if let PlanStep::Leave(component) = step {
            story.is_up(&component).await?;
        }
    }
    Ok((Ended::CalledOff, seen))
}

async fn apply(
    stewards: &Stewards,
    environment: &Environment,
    (steps, story): (Vec<PlanStep>, &Story),
    called_off: &CancellationToken,
) -> Result<Ended, StewardError> {
    for step in steps {
        if called_off.is_cancelled() {
            return Ok(broken_off(stewards));
        }
        match step {
            PlanStep::Leave(component) => story.is_up(&component).await?,
            PlanStep::End(component) => {
                stewards.driver.end(&environment.name, environment.generation, &component).await?;
            }
            PlanStep::Bring(spec) => match story.bring(&spec, called_off).await {
                Ok(()) => story.tell(&spec.component, StepState::Done).await?,
                Err(DriverError::Stopped) => return Ok(broken_off(stewards)),
                Err(DriverError::Outdated) => return Ok(Ended::Outdated),
                Err(DriverError::Failed { stage, why, log }) => {
                    story.tell(&spec.component, StepState::Failed { stage: stage.to_owned(), why, log }).await?;
                }
                Err(busy @ DriverError::Busy { .. }) => return Err(busy.into()),
            },
        }
    }
    Ok(Ended::Tried)
}

fn broken_off(stewards: &Stewards) -> Ended {
    if stewards.stop.is_cancelled() { Ended::HouseCloses } else { Ended::CalledOff }
}

/// Cancels `called_off` when the deployment is no longer to be brought about; returns then.
async fn watch(stewards: &Stewards, running: &Deployment, called_off: &CancellationToken) {
    loop {
        // Asked for before the look, so that a change between the two is not missed.
        let changed = stewards.store.changed();
        let state = match stewards.store.reader().await {
            Ok(mut reader) => deployments::find(&mut reader, &running.id).await,
            Err(cause) => Err(cause),
        };
        let goes_on = |found: &Deployment| matches!(found.state, DeploymentState::Applying | DeploymentState::Unknown);
        if matches!(&state, Ok(found) if !found.as_ref().is_some_and(goes_on)) {
            return called_off.cancel();
        }
        // Another process may have called it off: that is not told here.
        let latest = stewards.clock.now().plus(SOON);
        tokio::select! {
            () = changed => {}
            () = stewards.clock.sleep_until(latest) => {}
        }
    }
}

async fn lost(stewards: &Stewards, running: &Deployment, trace: Option<TraceId>) -> Result<(), StewardError> {
    let environment = running.environment.clone();
    let outcome = arrival(&Outcome::DeploymentLost { deployment: running.id.clone(), environment })?;
    Ok(stewards.store.observe(vec![outcome.following(trace)], |_| Box::pin(async { Ok(()) })).await?)
}
