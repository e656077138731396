//! What a card tells of, looked up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::StewardError;
use super::run::Stewards;
use crate::card::build;
use crate::card::model::Card;
use crate::card::templates::TemplateError;
use crate::domain::artifact::Artifact;
use crate::domain::card::{CardRow, CardState, Subject};
use crate::domain::component::ComponentName;
use crate::domain::deployment::DeploymentId;
use crate::domain::environment::{Selections, Wish};
use crate::domain::iteration::IterationKey;
use crate::domain::project::is_production;
use crate::domain::revise::{Basis, offered};
use crate::domain::spec::EnvironmentName;
use crate::domain::{PersonId, RoomId, Timestamp};
use crate::ports;
use crate::store::{cards, deployments, environments, former_rooms, iterations, members, revisions, rooms};

/// The commands that have a handler: a button comes with its skill.
pub type Buttons = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// How many versions of a branch there are to choose from.
const VERSIONS: usize = 8;

/// A card as it should be now.
pub(super) struct Shown {
    /// The room it belongs in.
    pub(super) room: RoomId,
    /// What it shows.
    pub(super) card: Card,
    /// When it should be drawn anew though nothing happened.
    pub(super) again: Option<Duration>,
}

/// How often a log that is followed is read.
const LOGS_STEP: Duration = Duration::from_secs(2);

/// The card as it should be now, and the room it belongs in; nothing while there is no room.
pub(super) async fn card(stewards: &Stewards, row: &CardRow) -> Result<Option<Shown>, StewardError> {
    match &row.subject {
        Subject::Room(iteration) => room_card(stewards, row, iteration).await,
        Subject::Deploy(environment) => deploy_card(stewards, row, environment).await,
        Subject::Continued(environment) => continued_card(stewards, row, environment).await,
        Subject::Run { environment, deployment } => run_card(stewards, row, (environment, deployment)).await,
        Subject::Logs { environment, component, until, lines } => {
            logs_card(stewards, row, (environment, component), (*until, *lines)).await
        }
    }
}

/// The room that an environment's cards belong in, once its own card is there: that is the first message.
async fn room_of(stewards: &Stewards, environment: &EnvironmentName) -> Result<Option<RoomId>, StewardError> {
    let first = CardRow::of_room(IterationKey::new(environment.as_str())).id;
    let first = cards::find(&mut stewards.store.reader().await?, &first).await?;
    Ok(first.and_then(|card| match card.state {
        CardState::Posted { room, .. } => Some(room),
        CardState::Wanted | CardState::Intended { .. } => None,
    }))
}

async fn deploy_card(
    stewards: &Stewards,
    row: &CardRow,
    name: &EnvironmentName,
) -> Result<Option<Shown>, StewardError> {
    let Some(room) = room_of(stewards, name).await? else { return Ok(None) };
    let mut reader = stewards.store.reader().await?;
    let Some(environment) = environments::find(&mut reader, name).await? else { return Ok(None) };
    let base = match environment.wish.last() {
        Some(number) => revisions::find(&mut reader, name, number).await?,
        None => None,
    };
    let last = deployments::last(&mut reader, name).await?;
    let is_queued = deployments::queued(&mut reader, name).await?.is_some();
    let is_unfinished = !is_queued && last.is_some_and(|last| last.state.has_ended_badly());
    drop(reader);
    let project = &stewards.project;
    let (defaults, mut troubles) = if base.is_none() {
        ports::defaults(stewards.source.as_ref(), &project.components).await
    } else {
        (Vec::new(), Vec::new())
    };
    let mut branches = BTreeMap::new();
    for component in &project.components {
        match stewards.source.branches(&component.repository).await {
            Ok(found) => {
                branches.insert(component.name.clone(), found.into_iter().map(|branch| branch.name).collect());
            }
            Err(cause) => troubles.push(format!("{}: {cause}", component.name)),
        }
    }
    troubles.sort();
    troubles.dedup();
    let components = project.component_names();
    let basis = Basis {
        environment: &environment,
        base: base.as_ref(),
        newest: 0,
        defaults: &defaults,
        components: &components,
    };
    let offered = offered(&basis, &environment.draft.changes);
    let versions = versions(stewards, &offered).await;
    let facts = build::deploy::Facts {
        id: &row.id,
        environment: &environment,
        base: base.as_ref(),
        offered: &offered,
        versions: &versions,
        branches: &branches,
        components: &components,
        addresses: &project.addresses,
        is_wanting: is_unfinished || matches!(environment.wish, Wish::Absent { .. }),
        asks_for: Some(project.class.as_str()).filter(|class| is_production(class)),
        troubles: &troubles,
    };
    built(room, build::deploy::card(&facts, &(stewards.templates)()))
}

/// The newest versions of what is offered; none where they cannot be had now, which the branches' trouble tells of.
async fn versions(stewards: &Stewards, offered: &Selections) -> BTreeMap<ComponentName, Vec<Artifact>> {
    let mut versions = BTreeMap::new();
    for (component, selection) in offered {
        let recent = stewards.source.recent(component, &selection.artifact.branch, VERSIONS).await;
        versions.insert(component.clone(), recent.unwrap_or_default());
    }
    versions
}

async fn continued_card(
    stewards: &Stewards,
    row: &CardRow,
    name: &EnvironmentName,
) -> Result<Option<Shown>, StewardError> {
    let Some(room) = room_of(stewards, name).await? else { return Ok(None) };
    built(room, build::deploy::continued(&row.id, name.as_str(), &(stewards.templates)()))
}

async fn run_card(
    stewards: &Stewards,
    row: &CardRow,
    (name, deployment): (&EnvironmentName, &DeploymentId),
) -> Result<Option<Shown>, StewardError> {
    let Some(room) = room_of(stewards, name).await? else { return Ok(None) };
    let mut reader = stewards.store.reader().await?;
    let (Some(environment), Some(deployment)) =
        (environments::find(&mut reader, name).await?, deployments::find(&mut reader, deployment).await?)
    else {
        return Ok(None);
    };
    let Some(revision) = revisions::find(&mut reader, name, deployment.revision).await? else { return Ok(None) };
    let newest = deployments::latest(&mut reader, name).await?;
    let way_back = revisions::way_back(&mut reader, name, revision.number).await?;
    let known = revisions::known(&mut reader, name).await?;
    drop(reader);
    let commands = (stewards.buttons)();
    let facts = build::run::Facts {
        id: &row.id,
        deployment: &deployment,
        revision: &revision,
        runs: &environment.runs(&known),
        way_back: way_back.as_ref(),
        is_newest: newest.is_some_and(|newest| newest.id == deployment.id) && environment.wish.present().is_some(),
        environment: &environment,
        components: &stewards.project.component_names(),
        addresses: &stewards.project.addresses,
        commands: &commands.iter().map(String::as_str).collect::<Vec<_>>(),
        now: stewards.clock.now(),
    };
    let again = deployment.state.is_running().then_some(build::run::ELAPSED_STEP);
    built(room, build::run::card(&facts, &(stewards.templates)()))
        .map(|shown| shown.map(|shown| Shown { again, ..shown }))
}

async fn logs_card(
    stewards: &Stewards,
    row: &CardRow,
    (environment, component): (&EnvironmentName, &ComponentName),
    (until, lines): (Timestamp, usize),
) -> Result<Option<Shown>, StewardError> {
    let Some(room) = room_of(stewards, environment).await? else { return Ok(None) };
    // Before the lines are read: the last drawing has all that was written until then.
    let now = stewards.clock.now();
    let place = (environment, component);
    let read = ports::last_lines(stewards.driver.as_ref(), stewards.clock.as_ref(), place, lines).await;
    let facts = build::logs::Facts {
        id: &row.id,
        environment,
        component,
        lines: read.as_deref().map_err(ToString::to_string),
        readers: build::logs::Readers::Following { until, now },
    };
    let again = (now < until).then(|| LOGS_STEP.min(until.since(now)));
    built(room, build::logs::card(&facts, &(stewards.templates)()))
        .map(|shown| shown.map(|shown| Shown { again, ..shown }))
}

fn built(room: RoomId, card: Result<Card, TemplateError>) -> Result<Option<Shown>, StewardError> {
    card.map(|card| Some(Shown { room, card, again: None })).map_err(|cause| StewardError::Broken(cause.to_string()))
}

async fn room_card(stewards: &Stewards, row: &CardRow, key: &IterationKey) -> Result<Option<Shown>, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let (Some(iteration), Some(room)) =
        (iterations::find(&mut reader, key).await?, rooms::of_iteration(&mut reader, key).await?)
    else {
        return Ok(None);
    };
    let wished = members::of_iteration(&mut reader, key).await?;
    let former = former_rooms::last(&mut reader, key).await?;
    drop(reader);
    let Some(id) = room.id().cloned() else { return Ok(None) };
    let is_there = |member: &&crate::domain::member::Member| member.seen_at.is_some() && member.declined_at.is_none();
    let people = |keep: &dyn Fn(&&crate::domain::member::Member) -> bool| -> Vec<PersonId> {
        wished.iter().filter(|member| member.wanted.is_some()).filter(keep).map(|m| m.person.clone()).collect()
    };
    let not_found = people(&|member| member.invited_at.is_some() && member.seen_at.is_none());
    let commands = (stewards.buttons)();
    let facts = build::room::Facts {
        id: &row.id,
        iteration: &iteration,
        members: &people(&is_there),
        not_found: &not_found,
        former: former.as_ref().map(|former| &former.room),
        commands: &commands.iter().map(String::as_str).collect::<Vec<_>>(),
    };
    built(id, build::room::card(&facts, &(stewards.templates)()))
}
