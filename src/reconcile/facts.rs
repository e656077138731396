//! What a card tells of, looked up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::StewardError;
use super::run::Stewards;
use crate::card::build;
use crate::card::model::Card;
use crate::card::templates::TemplateError;
use crate::domain::card::{CardRow, Subject};
use crate::domain::deployment::DeploymentId;
use crate::domain::environment::{self, Basis};
use crate::domain::iteration::IterationKey;
use crate::domain::spec::EnvironmentName;
use crate::domain::{PersonId, RoomId};
use crate::ports;
use crate::store::{deployments, environments, iterations, members, revisions, rooms};

/// The commands that have a handler: a button comes with its skill.
pub type Buttons = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// The card as it should be now, and the room it belongs in; nothing while there is no room.
pub(super) async fn card(stewards: &Stewards, row: &CardRow) -> Result<Option<(RoomId, Card)>, StewardError> {
    match &row.subject {
        Subject::Room(iteration) => room_card(stewards, row, iteration).await,
        Subject::Deploy(environment) => deploy_card(stewards, row, environment).await,
        Subject::Continued(environment) => continued_card(stewards, row, environment).await,
        Subject::Run { environment, deployment } => run_card(stewards, row, (environment, deployment)).await,
    }
}

/// The room that an environment's cards belong in.
async fn room_of(stewards: &Stewards, environment: &EnvironmentName) -> Result<Option<RoomId>, StewardError> {
    let key = IterationKey::new(environment.as_str());
    let room = rooms::of_iteration(&mut stewards.store.reader().await?, &key).await?;
    Ok(room.and_then(|room| room.id().cloned()))
}

async fn deploy_card(
    stewards: &Stewards,
    row: &CardRow,
    name: &EnvironmentName,
) -> Result<Option<(RoomId, Card)>, StewardError> {
    let Some(room) = room_of(stewards, name).await? else { return Ok(None) };
    let mut reader = stewards.store.reader().await?;
    let Some(environment) = environments::find(&mut reader, name).await? else { return Ok(None) };
    let base = match environment.wished {
        Some(number) => revisions::find(&mut reader, name, number).await?,
        None => None,
    };
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
    let facts = build::deploy::Facts {
        id: &row.id,
        environment: &environment,
        base: base.as_ref(),
        offered: &environment::offered(&basis, &environment.draft.changes),
        branches: &branches,
        components: &components,
        addresses: &project.addresses,
        troubles: &troubles,
    };
    built(room, build::deploy::card(&facts, &(stewards.templates)()))
}

async fn continued_card(
    stewards: &Stewards,
    row: &CardRow,
    name: &EnvironmentName,
) -> Result<Option<(RoomId, Card)>, StewardError> {
    let Some(room) = room_of(stewards, name).await? else { return Ok(None) };
    built(room, build::deploy::continued(&row.id, name.as_str(), &(stewards.templates)()))
}

async fn run_card(
    stewards: &Stewards,
    row: &CardRow,
    (name, deployment): (&EnvironmentName, &DeploymentId),
) -> Result<Option<(RoomId, Card)>, StewardError> {
    let Some(room) = room_of(stewards, name).await? else { return Ok(None) };
    let mut reader = stewards.store.reader().await?;
    let (Some(environment), Some(deployment)) =
        (environments::find(&mut reader, name).await?, deployments::find(&mut reader, deployment).await?)
    else {
        return Ok(None);
    };
    let Some(revision) = revisions::find(&mut reader, name, deployment.revision).await? else { return Ok(None) };
    let facts = build::run::Facts {
        id: &row.id,
        deployment: &deployment,
        revision: &revision,
        environment: &environment,
        components: &stewards.project.component_names(),
        addresses: &stewards.project.addresses,
    };
    built(room, build::run::card(&facts, &(stewards.templates)()))
}

fn built(room: RoomId, card: Result<Card, TemplateError>) -> Result<Option<(RoomId, Card)>, StewardError> {
    card.map(|card| Some((room, card))).map_err(|cause| StewardError::Broken(cause.to_string()))
}

async fn room_card(
    stewards: &Stewards,
    row: &CardRow,
    key: &IterationKey,
) -> Result<Option<(RoomId, Card)>, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let (Some(iteration), Some(room)) =
        (iterations::find(&mut reader, key).await?, rooms::of_iteration(&mut reader, key).await?)
    else {
        return Ok(None);
    };
    let wished = members::of_iteration(&mut reader, key).await?;
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
        commands: &commands.iter().map(String::as_str).collect::<Vec<_>>(),
    };
    built(id, build::room::card(&facts, &(stewards.templates)()))
}
