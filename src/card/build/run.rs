//! The card of a deployment: its story, in place.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::{deploy, lines};
use crate::card::model::{Action, Card, Confirmation, Fact, Part, State, Weight};
use crate::card::templates::{TemplateError, Templates};
use crate::domain::Timestamp;
use crate::domain::card::CardId;
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, DeploymentState, Step, StepState};
use crate::domain::environment::{Environment, Revision, Selection};
use crate::domain::marked::Marked;
use crate::domain::spec::Addresses;

/// While it runs, the time that it runs for is shown in steps of this.
pub const ELAPSED_STEP: Duration = Duration::from_secs(5);

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
    /// What really runs, by component, as far as it is known.
    pub runs: &'f BTreeMap<ComponentName, String>,
    /// The revision that *Roll back* goes to, if there is one.
    pub way_back: Option<&'f Revision>,
    /// Whether no other deployment has begun since: only then something can be done about it.
    pub is_newest: bool,
    /// The components, in the order of the config.
    pub components: &'f [ComponentName],
    /// How addresses are made.
    pub addresses: &'f Addresses,
    /// Commands that have a handler: a button comes with its skill.
    pub commands: &'f [&'f str],
    /// Now.
    pub now: Timestamp,
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
    let mut told = vec![fact("By", &deployment.by)];
    told.extend(deployment.cancelled_by.as_ref().map(|by| fact("Cancelled by", by)));
    told.extend(elapsed(deployment, facts.now).map(|elapsed| fact("Running for", &told_span(elapsed))));
    if deployment.state == DeploymentState::Succeeded {
        let value = deploy::addresses(addresses, environment, components);
        told.push(Fact { label: "Address".to_owned(), value });
    }
    if !facts.is_newest && matches!(deployment.state, DeploymentState::Failed | DeploymentState::Cancelled) {
        told.extend(environment.wish.present().map(|now| fact("Now", &format!("revision {now}"))));
    }
    if let Some(next) = next(facts) {
        told.push(Fact { label: "Next".to_owned(), value: templates.render("deploy", "next", &next)? });
    }
    Ok(Card {
        id: (*id).clone(),
        guard: deployment.number,
        state: state(deployment.state),
        title: templates.render("deploy", "run", &title)?,
        facts: told,
        parts: deployment.steps.iter().map(|step| part(step, facts)).collect(),
        log: deployment.steps.iter().find_map(failure_log).unwrap_or_default(),
        actions: actions(facts, templates)?,
    })
}

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: Marked::plain(value) }
}

/// What whoever may can do next, in words; nothing while all is well.
fn next(facts: &Facts<'_>) -> Option<serde_json::Value> {
    let word = match facts.deployment.state {
        DeploymentState::Failed => "failed",
        DeploymentState::Cancelled => "cancelled",
        DeploymentState::Unknown => "unknown",
        DeploymentState::Queued
        | DeploymentState::Applying
        | DeploymentState::Stopping
        | DeploymentState::Succeeded
        | DeploymentState::Superseded => return None,
    };
    let way_back = facts.way_back.map_or(json!(false), |revision| json!(revision.number));
    facts
        .is_newest
        .then(|| json!({ "is_failed": word == "failed", "is_unknown": word == "unknown", "way_back": way_back }))
}

/// At most three, the likeliest first; none that would do nothing.
fn actions(facts: &Facts<'_>, templates: &Templates) -> Result<Vec<Action>, TemplateError> {
    let wanted: &[(&str, &str, &str, Weight)] = match facts.deployment.state {
        DeploymentState::Queued | DeploymentState::Applying | DeploymentState::Unknown => {
            &[("cancel", "cancel", "Cancel", Weight::Normal)]
        }
        DeploymentState::Failed | DeploymentState::Cancelled => &[
            ("finish", "deploy", "Finish", Weight::Primary),
            ("rollback", "rollback", "Roll back", Weight::Danger),
            ("details", "env show", "Details", Weight::Normal),
        ],
        DeploymentState::Succeeded => {
            &[("rollback", "rollback", "Roll back", Weight::Danger), ("details", "env show", "Details", Weight::Normal)]
        }
        DeploymentState::Stopping | DeploymentState::Superseded => &[],
    };
    let is_there = |(action, command, ..): &&(&str, &str, &str, Weight)| {
        let does_something = match *action {
            "rollback" => facts.is_newest && facts.way_back.is_some(),
            "finish" => facts.is_newest,
            _ => true,
        };
        does_something && facts.commands.contains(command)
    };
    let button = |(action, _, label, weight): &(&str, &str, &str, Weight)| {
        let asks = if *action == "rollback" { rolling_back(facts, templates)? } else { None };
        let (action, label) = ((*action).to_owned(), (*label).to_owned());
        Ok(Action::Button { action, label, weight: *weight, asks: asks.map(Box::new) })
    };
    wanted.iter().filter(is_there).map(button).collect()
}

/// What is asked before *Roll back*: where to, and what runs then. What changes stands first, since a chat may cut.
fn rolling_back(facts: &Facts<'_>, templates: &Templates) -> Result<Option<Confirmation>, TemplateError> {
    let (Some(to), name) = (facts.way_back, &facts.environment.name) else { return Ok(None) };
    let mut then: Vec<_> = to.selections.iter().collect();
    then.sort_by_key(|(component, selection)| facts.revision.selections.get(*component) == Some(*selection));
    let then = then.iter().map(|(component, selection)| json!({ "name": component, "version": selection.told() }));
    let told = json!({ "name": name, "revision": to.number, "components": then.collect::<Vec<_>>() });
    Ok(Some(Confirmation {
        title: format!("Roll back {name} to revision {}?", to.number),
        text: templates.render("deploy", "ask_rollback", &told)?,
        does: "Roll back".to_owned(),
    }))
}

fn word(state: DeploymentState) -> &'static str {
    match state {
        DeploymentState::Queued => "Queued",
        DeploymentState::Applying => "Deploying",
        DeploymentState::Stopping => "Cancelling",
        DeploymentState::Unknown => "Not known how it stands",
        DeploymentState::Succeeded => "Deployed",
        DeploymentState::Failed => "Failed to deploy",
        DeploymentState::Cancelled => "Cancelled",
        DeploymentState::Superseded => "Superseded",
    }
}

fn state(state: DeploymentState) -> State {
    match state {
        DeploymentState::Queued | DeploymentState::Superseded | DeploymentState::Cancelled => State::Idle,
        DeploymentState::Applying | DeploymentState::Stopping => State::Running,
        DeploymentState::Unknown => State::Attention,
        DeploymentState::Succeeded => State::Ok,
        DeploymentState::Failed => State::Failed,
    }
}

fn took(deployment: &Deployment) -> Option<Duration> {
    Some(deployment.ended_at?.since(deployment.started_at?))
}

/// How long it runs, once that is worth telling.
fn elapsed(deployment: &Deployment, now: Timestamp) -> Option<Duration> {
    let started = deployment.started_at.filter(|_| deployment.state.is_running())?;
    let steps = now.since(started).as_secs() / ELAPSED_STEP.as_secs();
    (steps > 0).then(|| ELAPSED_STEP * u32::try_from(steps).unwrap_or(u32::MAX))
}

/// `0.4s`, `12s`, `3m 12s`.
fn told_span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..5 => format!("{seconds}.{}s", span.subsec_millis() / 100),
        5..60 => format!("{seconds}s"),
        _ => format!("{}m {}s", seconds / 60, seconds % 60),
    }
}

fn part(step: &Step, facts: &Facts<'_>) -> Part {
    let version = facts.revision.selections.get(&step.component).map(Selection::told).unwrap_or_default();
    let runs = match facts.runs.get(&step.component) {
        Some(runs) => format!("; {runs} runs"),
        None => "; nothing of it runs".to_owned(),
    };
    let subject = facts.revision.selections.get(&step.component).map(|selection| &selection.artifact.subject);
    let subject =
        subject.filter(|subject| !subject.is_empty()).map(|subject| format!(" · {subject}")).unwrap_or_default();
    let (state, told) = match &step.state {
        StepState::Waiting => (State::Idle, format!("{version}, waiting")),
        StepState::Running { stage } => (State::Running, format!("{version}, {stage}")),
        StepState::Done => (State::Ok, format!("{version}{subject}")),
        StepState::Unchanged => (State::Ok, format!("{version}, as it was")),
        StepState::Left => (State::Idle, format!("{version}, not brought about{runs}")),
        StepState::Failed { stage, why, .. } => (State::Failed, format!("{version}, failed at {stage}: {why}{runs}")),
    };
    Part { state, word: None, name: step.component.to_string(), told: Marked::plain(&told) }
}

fn failure_log(step: &Step) -> Option<Vec<String>> {
    match &step.state {
        StepState::Failed { log, .. } if !log.is_empty() => Some(lines::plain(log)),
        _ => None,
    }
}
