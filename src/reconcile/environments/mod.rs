//! Environments: observe, plan, apply. Brings the components of the wished revision up, keeps them so, and takes away
//! what is not wished any more.

mod deploy;
mod keep;
mod plan;
mod remove;
mod story;

use std::time::Duration;

use tracing::Instrument;

use super::homes::{self, Whose};
use super::run::Stewards;
use super::{Next, StewardError, arrival};
use crate::domain::TraceId;
use crate::domain::deployment::Deployment;
use crate::domain::environment::{Environment, Revision, Wish};
use crate::domain::spec::{EnvironmentName, Seen};
use crate::event::Arrival;
use crate::store::{deployments, environments, revisions};

/// The wait before another look at what is coming up, or does not answer.
const SOON: Duration = Duration::from_secs(2);
/// What was seen is written down again, though it is the same, when it was written longer ago.
const FRESH: Duration = Duration::from_mins(1);

/// A deployment under way, and the trace that it belongs to.
#[derive(Clone)]
struct Running {
    deployment: Deployment,
    trace: Option<TraceId>,
}

/// What a look begins with.
struct Ground {
    environment: Environment,
    running: Option<Running>,
    last: Option<Deployment>,
}

/// Brings the environment to its wish.
pub(super) async fn reconcile(stewards: &Stewards, name: &EnvironmentName) -> Result<Next, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let Some(environment) = environments::find(&mut reader, name).await? else { return Ok(Next::AtRest) };
    let running = match deployments::running(&mut reader, name).await? {
        Some(deployment) => {
            let trace = deployments::trace(&mut reader, &deployment.id).await?;
            Some(Running { deployment, trace })
        }
        None => None,
    };
    let mut ground = Ground { running, last: deployments::last(&mut reader, name).await?, environment };
    drop(reader);
    if ground.environment.wish == Wish::Undecided {
        return Ok(Next::AtRest);
    }
    if let Whose::Lost(home) = homes::whose(stewards, &mut ground.environment).await? {
        homes::lose(stewards, (&ground.environment, home), ground.running.as_ref().map(|running| &running.deployment))
            .await?;
        // When it is back, or the environment is moved, it is looked at anew.
        return Ok(Next::AtRest);
    }
    match ground.environment.wish {
        Wish::Undecided => Ok(Next::AtRest),
        Wish::Absent { .. } => remove::reconcile(stewards, ground).await,
        Wish::Present(number) => {
            let revision = revision(stewards, name, number).await?;
            match &ground.running {
                Some(running) => {
                    let span = tracing::info_span!(
                        "deployment", id = %running.deployment.id, trace = running.trace.as_ref().map(TraceId::as_str)
                    );
                    let running = running.clone();
                    deploy::reconcile(stewards, (ground.environment, running), &revision).instrument(span).await
                }
                None => keep::reconcile(stewards, ground, &revision).await,
            }
        }
    }
}

async fn revision(stewards: &Stewards, name: &EnvironmentName, number: i64) -> Result<Revision, StewardError> {
    let found = revisions::find(&mut stewards.store.reader().await?, name, number).await?;
    found.ok_or_else(|| StewardError::Broken(format!("{name} wishes for revision {number}, which is not there")))
}

/// Writes down what was seen, if it is news, with what a reaction is to decide on. Counts observations that differ.
async fn record(
    stewards: &Stewards,
    environment: &mut Environment,
    seen: Vec<Seen>,
    outcomes: Vec<Arrival>,
) -> Result<(), StewardError> {
    let now = stewards.clock.now();
    let is_old = environment.seen_at.is_none_or(|at| now.since(at) > FRESH);
    let is_news = note(environment, seen);
    if !is_news && !is_old && outcomes.is_empty() {
        return Ok(());
    }
    environment.seen_at = Some(now);
    let environment = environment.clone();
    let store = &stewards.store;
    if outcomes.is_empty() {
        // Nobody has to look because of it.
        let written = store.write(move |tx| Box::pin(async move { environments::put_seen(tx, &environment).await }));
        return Ok(written.await?);
    }
    let written =
        store.observe(outcomes, move |tx| Box::pin(async move { environments::put_seen(tx, &environment).await }));
    Ok(written.await?)
}

/// Takes an observation over; whether it differs from the one before.
fn note(environment: &mut Environment, seen: Vec<Seen>) -> bool {
    let is_news = environment.seen != seen;
    if is_news {
        environment.seen = seen;
        environment.observation += 1;
    }
    is_news
}
