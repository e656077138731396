//! `status`: what should run, and what was seen of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::study::{Call, GatherError, Study};
use crate::change::{Change, Decision};
use crate::domain::deployment::{Deployment, DeploymentState};
use crate::domain::environment::{Environment, Revision};
use crate::domain::iteration::Iteration;
use crate::domain::spec::{EnvironmentName, SeenState};
use crate::domain::{Refusal, Timestamp};
use crate::store::{deployments, environments, iterations, revisions};

/// Older than this, what was seen is marked with its age.
const FRESH: Duration = Duration::from_mins(1);

/// Answers from the record; nothing outside is asked, so it never waits.
pub(super) async fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    if call.invocation.has("all") {
        return all(study, call).await;
    }
    let (iteration, permit) = match study.on_environment(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let Some((environment, revision, running)) = record(study, &iteration).await? else {
        let refusal = Refusal::NoEnvironment { environment: iteration.key.to_string() };
        return Ok(Decision::Refused(call.refused(refusal, &study.environment_target(Some(&iteration)))));
    };
    let words = study.say(call, "one", &facts(study, (&environment, &revision, running.as_ref())))?;
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}

type Record = (Environment, Revision, Option<Deployment>);

async fn record(study: &Study, iteration: &Iteration) -> Result<Option<Record>, GatherError> {
    let name = EnvironmentName::new(iteration.key.as_str());
    let mut reader = study.store.reader().await?;
    let Some(environment) = environments::find(&mut reader, &name).await? else { return Ok(None) };
    let Some(number) = environment.wished else { return Ok(None) };
    let Some(revision) = revisions::find(&mut reader, &name, number).await? else { return Ok(None) };
    let running = deployments::newest_in(&mut reader, &name, DeploymentState::Applying).await?;
    Ok(Some((environment, revision, running)))
}

fn facts(study: &Study, (environment, revision, running): (&Environment, &Revision, Option<&Deployment>)) -> Value {
    let components: Vec<Value> = revision
        .selections
        .iter()
        .map(|(component, selection)| {
            json!({
                "name": component,
                "wished": selection.told(),
                "seen": seen(environment.seen_of(component)),
                "address": study.project.addresses.of(&environment.name, component),
            })
        })
        .collect();
    let running = running.map_or(json!(false), |running| json!(format!("revision {} is on its way", running.revision)));
    json!({
        "name": environment.name,
        "revision": revision.number,
        "by": revision.by,
        "running": running,
        "age": age(environment.seen_at, study.now),
        "components": components,
    })
}

fn seen(state: Option<&SeenState>) -> String {
    match state {
        None | Some(SeenState::Missing) => "not running".to_owned(),
        Some(SeenState::Starting) => "starting".to_owned(),
        Some(SeenState::Up { since, .. }) => format!("up since {since}"),
        Some(SeenState::Broken { why }) => format!("broken: {why}"),
    }
}

fn age(seen_at: Option<Timestamp>, now: Timestamp) -> Value {
    let age = seen_at.map(|at| now.since(at)).filter(|age| *age > FRESH);
    age.map_or(Value::Bool(false), |age| json!(format!("{}m", age.as_secs() / 60)))
}

async fn all(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let mut told = Vec::new();
    let known = iterations::all(&mut study.store.reader().await?).await?;
    for iteration in known {
        let words = match record(study, &iteration).await? {
            None => "nothing deployed yet".to_owned(),
            Some((environment, revision, _)) => {
                let up = revision
                    .selections
                    .keys()
                    .filter(|component| matches!(environment.seen_of(component), Some(SeenState::Up { .. })));
                format!("revision {}, {} of {} up", revision.number, up.count(), revision.selections.len())
            }
        };
        told.push(json!({ "name": iteration.key, "told": words }));
    }
    study.answer_permitted(call, "all", || json!({ "environments": told }))
}
