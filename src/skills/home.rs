//! A person's own page: what is theirs, and what waits for them. It shows what the rooms of their iterations tell anyway.

use super::study::{GatherError, Study};
use crate::card::build::home::{self, Facts, Running, SHOWN, Standing};
use crate::card::model::Page;
use crate::domain::environment::Environment;
use crate::domain::form::Account;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::person::Actor;
use crate::domain::phase::Phase;
use crate::domain::{CommandName, PersonId, Refusal};
use crate::policy::{self, Action};
use crate::store::overview::{self, Overview};
use crate::store::{deployments, environments, members};

/// The page; for a stranger, whom to ask.
pub async fn page(study: &Study, by: &Account) -> Result<Page, GatherError> {
    let actor = study.behind(by);
    let Some(person) = actor.person() else {
        let stranger = Refusal::Stranger { account: by.id.clone() };
        return Ok(home::instead("Who are you?", stranger.to_marked()));
    };
    let mut standings = standings(study, &actor, person).await?;
    let shown = standings.iter_mut().filter(|standing| standing.has_environment()).take(SHOWN);
    for standing in shown {
        standing.running = running(study, &standing.iteration).await?;
    }
    Ok(home::page(&Facts {
        person,
        forms: &forms(study, &actor),
        standings: &standings,
        addresses: &study.project.addresses,
        now: study.now,
    }))
}

/// The forms that open from anywhere, of the commands that the person could run.
fn forms(study: &Study, actor: &Actor) -> Vec<(CommandName, String)> {
    let commands = study.skills.grammar.commands().iter();
    let could = |command: &CommandName| policy::could(&study.rules, actor, &Action { command: command.clone() });
    let shortcuts = commands.filter_map(|spec| {
        let label = spec.command.form.as_ref()?.shortcut.clone()?;
        could(&spec.name).then(|| (spec.name.clone(), label))
    });
    shortcuts.collect()
}

/// The iterations that are not over and concern the person: theirs, and those where a deployment did not come through.
async fn standings(study: &Study, actor: &Actor, person: &PersonId) -> Result<Vec<Standing>, GatherError> {
    let mut reader = study.store.reader().await?;
    let joined = members::iterations_of(&mut reader, person).await?;
    let all = environments::all(&mut reader).await?;
    let mut standings = Vec::new();
    for Overview { iteration, room, phase } in overview::all(&mut reader).await? {
        let is_theirs = iteration.owner == *person || joined.contains(&iteration.key);
        let is_unfinished = phase == Phase::Unfinished;
        if !iteration.is_open() || !is_theirs && !is_unfinished {
            continue;
        }
        let environment = of(&all, &iteration.key).cloned();
        let unfinished = match environment.as_ref().filter(|_| is_unfinished) {
            Some(environment) => deployments::last(&mut reader, &environment.name).await?,
            None => None,
        };
        let may_deploy = may_deploy(study, actor, &iteration);
        let running = None;
        let standing = Standing { iteration, room, is_theirs, may_deploy, environment, phase, unfinished, running };
        standings.push(standing);
    }
    Ok(standings)
}

fn of<'e>(all: &'e [Environment], iteration: &IterationKey) -> Option<&'e Environment> {
    all.iter().find(|environment| environment.name.as_str() == iteration.as_str())
}

fn may_deploy(study: &Study, actor: &Actor, iteration: &Iteration) -> bool {
    let action = Action { command: CommandName::new("deploy") };
    policy::decide(&study.rules, actor, &action, &study.environment_target(Some(iteration))).is_ok()
}

async fn running(study: &Study, iteration: &Iteration) -> Result<Option<Running>, GatherError> {
    let present = study.present(iteration).await?;
    Ok(present.map(|present| Running {
        runs: present.environment.runs(&present.known),
        goings: present.goings(),
        wished: present.wished,
    }))
}
