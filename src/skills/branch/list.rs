//! `branch` without a branch: what there is to choose, and a line to copy.

use futures::future::join_all;
use serde_json::{Value, json};

use super::Named;
use crate::change::{Change, Decision};
use crate::command::quoted_if_needed;
use crate::domain::artifact::BranchName;
use crate::domain::component::Component;
use crate::domain::project::Repository;
use crate::skills::study::{Call, GatherError, Study};

/// How many branches of each repository are told, and how many when only one is asked for.
const MOST: usize = 10;
const MOST_OF_ONE: usize = 40;

/// A repository with what there is of it.
struct Listed<'p> {
    repository: &'p Repository,
    components: Vec<&'p Component>,
    /// Its branches, those that its components run by default first; else why they cannot be told.
    branches: Result<Vec<BranchName>, String>,
}

/// Lists the branches of a repository, or of all.
pub(super) async fn answer(study: &Study, call: &Call, name: Option<&str>) -> Result<Decision, GatherError> {
    let target = study.environment_target(None);
    let permit = match study.permit(call, &target) {
        Ok(permit) => permit,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let (repositories, most) = match name.map(|name| super::named(study, call, name)) {
        None => (study.project.sources().collect(), MOST),
        Some(Ok(Named::Repository(repository))) => (vec![repository], MOST_OF_ONE),
        Some(Ok(Named::Component(component))) => {
            let of_it = |repository: &&Repository| repository.name == component.repository;
            (study.project.sources().filter(of_it).collect::<Vec<_>>(), MOST_OF_ONE)
        }
        Some(Err(refusal)) => return Ok(Decision::Refused(call.refused(refusal, &target))),
    };
    let listed = join_all(repositories.into_iter().map(|repository| look(study, repository))).await;
    let facts = json!({
        "repositories": listed.iter().map(|listed| told(listed, most)).collect::<Vec<_>>(),
        "example": example(call, &listed).map_or(Value::Bool(false), Value::String),
    });
    let words = study.say(call, "list", &facts)?;
    Ok(Decision::Changed(Change::new(permit).answering(call.reply(words))))
}

async fn look<'s>(study: &'s Study, repository: &'s Repository) -> Listed<'s> {
    let components: Vec<&Component> = study.project.built_from(&repository.name).collect();
    let branches = study.branches(&repository.name).await.map_err(|cause| cause.to_string());
    let is_default = |branch: &BranchName| components.iter().any(|component| component.default_branch == *branch);
    let branches = branches.map(|mut branches| {
        branches.sort_by_key(|branch| !is_default(branch));
        branches
    });
    Listed { repository, components, branches }
}

fn told(listed: &Listed<'_>, most: usize) -> Value {
    let Listed { repository, components, branches } = listed;
    let names: Vec<&str> = components.iter().map(|component| component.name.as_str()).collect();
    let is_itself = names == [repository.name.as_str()];
    let (branches, trouble) = match branches {
        Ok(branches) => (branches.as_slice(), Value::Bool(false)),
        Err(why) => (&[][..], json!(why)),
    };
    json!({
        "name": repository.name,
        "aliases": repository.aliases.join(", "),
        "gives": if is_itself { String::new() } else { names.join(", ") },
        "branches": &branches[..branches.len().min(most)],
        "more": branches.len().saturating_sub(most),
        "trouble": trouble,
    })
}

/// A line to copy: with a branch that is not what runs by default, where there is one.
fn example(call: &Call, listed: &[Listed<'_>]) -> Option<String> {
    let all: Vec<(&Repository, &BranchName)> = listed
        .iter()
        .flat_map(|listed| listed.branches.iter().flatten().map(|branch| (listed.repository, branch)))
        .collect();
    let is_default = |branch: &BranchName| {
        listed.iter().flat_map(|listed| &listed.components).any(|component| component.default_branch == *branch)
    };
    let (repository, branch) = all.iter().find(|(_, branch)| !is_default(branch)).or(all.first())?;
    let line = format!("branch {} {}", repository.name, quoted_if_needed(branch.as_str()));
    Some(match call.invocation.text("in") {
        Some(iteration) => format!("{line} --in {}", quoted_if_needed(iteration)),
        None => line,
    })
}
