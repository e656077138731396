//! The card of a deployment: its story, in place.

use std::time::Duration;

use serde_json::json;

use super::deploy;
use crate::card::model::{Card, Fact, Part, State};
use crate::card::templates::{TemplateError, Templates};
use crate::domain::card::CardId;
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, DeploymentState, Step, StepState};
use crate::domain::environment::{Environment, Revision, Selection};
use crate::domain::marked::Marked;
use crate::domain::spec::Addresses;

/// What the card tells of.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// The card.
    pub id: &'f CardId,
    /// The deployment.
    pub deployment: &'f Deployment,
    /// What it brings about.
    pub revision: &'f Revision,
    /// Where.
    pub environment: &'f Environment,
    /// The components, in the order of the config.
    pub components: &'f [ComponentName],
    /// How addresses are made.
    pub addresses: &'f Addresses,
}

/// Builds the card.
pub fn card(facts: &Facts<'_>, templates: &Templates) -> Result<Card, TemplateError> {
    let Facts { id, deployment, environment, components, addresses, .. } = facts;
    let title = json!({
        "name": environment.name,
        "revision": deployment.revision,
        "word": word(deployment.state),
        "took": took(deployment).map_or(json!(false), |took| json!(told_span(took))),
    });
    let mut told = vec![Fact { label: "By".to_owned(), value: Marked::plain(&deployment.by) }];
    if deployment.state == DeploymentState::Succeeded {
        let value = deploy::addresses(addresses, environment, components);
        told.push(Fact { label: "Address".to_owned(), value });
    }
    Ok(Card {
        id: (*id).clone(),
        guard: 0,
        state: state(deployment.state),
        title: templates.render("deploy", "run", &title)?,
        facts: told,
        parts: deployment.steps.iter().map(|step| part(step, facts.revision)).collect(),
        log: deployment.steps.iter().find_map(failure_log).unwrap_or_default(),
        actions: Vec::new(),
    })
}

fn word(state: DeploymentState) -> &'static str {
    match state {
        DeploymentState::Queued => "Queued",
        DeploymentState::Applying => "Deploying",
        DeploymentState::Succeeded => "Deployed",
        DeploymentState::Failed => "Failed to deploy",
        DeploymentState::Superseded => "Superseded",
    }
}

fn state(state: DeploymentState) -> State {
    match state {
        DeploymentState::Queued | DeploymentState::Superseded => State::Idle,
        DeploymentState::Applying => State::Running,
        DeploymentState::Succeeded => State::Ok,
        DeploymentState::Failed => State::Failed,
    }
}

fn took(deployment: &Deployment) -> Option<Duration> {
    Some(deployment.ended_at?.since(deployment.started_at?))
}

/// `0.4s`, `12s`, `3m 12s`.
fn told_span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..10 => format!("{seconds}.{}s", span.subsec_millis() / 100),
        10..60 => format!("{seconds}s"),
        _ => format!("{}m {}s", seconds / 60, seconds % 60),
    }
}

fn part(step: &Step, revision: &Revision) -> Part {
    let version = revision.selections.get(&step.component).map(Selection::told).unwrap_or_default();
    let (state, told) = match &step.state {
        StepState::Waiting => (State::Idle, format!("{version}, waiting")),
        StepState::Running { stage } => (State::Running, format!("{version}, {stage}")),
        StepState::Done => (State::Ok, version),
        StepState::Unchanged => (State::Ok, format!("{version}, as it was")),
        StepState::Failed { stage, why, .. } => (State::Failed, format!("{version}, failed at {stage}: {why}")),
    };
    Part { state, name: step.component.to_string(), told: Marked::plain(&told) }
}

fn failure_log(step: &Step) -> Option<Vec<String>> {
    match &step.state {
        StepState::Failed { log, .. } if !log.is_empty() => Some(log.clone()),
        _ => None,
    }
}
