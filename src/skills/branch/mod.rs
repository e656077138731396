//! `branch`: chooses a branch in the open draft for all that a repository gives, and shows the deploy card.

mod list;

use serde_json::{Value, json};

use super::study::{Call, Changes, GatherError, MOST_CHOICES, Study};
use crate::change::{Change, Decision};
use crate::command::{nearest, quoted_if_needed, usage};
use crate::domain::Refusal;
use crate::domain::component::{Component, ComponentName};
use crate::domain::environment::{Follows, Selection};
use crate::domain::project::{Meant, Project, Repository};
use crate::domain::record::Record;

/// Lists what there is to choose, or chooses.
pub(super) async fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let given = &call.invocation;
    match (given.text("repository"), given.text("branch"), given.text("all")) {
        (repository, None, None) => list::answer(study, call, repository).await,
        (Some(repository), Some(branch), None) => {
            choose(study, call, Asked { repository: Some(repository), branch }).await
        }
        (None, None, Some(branch)) => choose(study, call, Asked { repository: None, branch }).await,
        _ => {
            let told = "`--all` takes a branch for all repositories, so none is named besides.".to_owned();
            let refusal = Refusal::Misread { told, usage: usage(&given.spec.command) };
            Ok(Decision::Refused(call.refused(refusal, &study.environment_target(None))))
        }
    }
}

/// What is asked for.
struct Asked<'c> {
    /// Which repository; all that have the branch when there is none.
    repository: Option<&'c str>,
    branch: &'c str,
}

async fn choose(study: &Study, call: &Call, asked: Asked<'_>) -> Result<Decision, GatherError> {
    let (iteration, permit, record) = match study.to_change(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let (changes, pinned) = match wanted(study, call, &asked).await.and_then(|all| taken(&record, all, asked.branch)) {
        Ok(wanted) => wanted,
        Err(refusal) => {
            let target = study.environment_target(Some(&iteration));
            return Ok(Decision::Refused(call.refused(refusal, &target)));
        }
    };
    let room = study.room(&iteration).await?;
    let is_elsewhere = room.as_ref() != Some(&call.said.room);
    let change = Change::new(permit).choosing(&record, changes.into_values());
    // Without a room there is no place for a card: whoever comes there later asks for it.
    let change = if room.is_some() { change.offering(&record, &study.event) } else { change };
    if !is_elsewhere && pinned.is_empty() {
        // In its own room the card is the answer.
        return Ok(Decision::Changed(change));
    }
    let facts = json!({
        "name": iteration.key,
        "is_pending": room.is_none(),
        "room": room.filter(|_| is_elsewhere).map_or(Value::Bool(false), |room| json!(room)),
        "pinned": pinned.iter().map(stays).collect::<Vec<_>>(),
    });
    Ok(Decision::Changed(change.answering(call.reply(study.say(call, "chosen", &facts)?))))
}

fn stays((component, selection): &(ComponentName, Selection)) -> Value {
    json!({ "component": component, "version": selection.told() })
}

/// The newest of the branch for every component that is asked for.
async fn wanted(study: &Study, call: &Call, asked: &Asked<'_>) -> Result<Changes, Refusal> {
    let Some(name) = asked.repository else { return study.of_all_with(asked.branch).await };
    let (called, components): (&str, Vec<&Component>) = match named(study, call, name)? {
        Named::Component(component) => (component.name.as_str(), vec![component]),
        Named::Repository(repository) => {
            (repository.name.as_str(), study.project.built_from(&repository.name).collect())
        }
    };
    let mut changes = Changes::new();
    for component in components {
        let selection = study.of_branch(component, asked.branch).await.map_err(|refusal| told_of(refusal, called))?;
        changes.insert(component.name.clone(), selection);
    }
    Ok(changes)
}

/// The refusal in the name that was asked for: a branch is the repository's, not one component's.
fn told_of(refusal: Refusal, called: &str) -> Refusal {
    match refusal {
        Refusal::NoVersion { why, near, .. } => Refusal::NoVersion { component: called.to_owned(), why, near },
        other => other,
    }
}

/// What of it is chosen, and what stays because it is pinned.
fn taken(
    record: &Record,
    wanted: Changes,
    branch: &str,
) -> Result<(Changes, Vec<(ComponentName, Selection)>), Refusal> {
    let base = record.base.as_ref().map(|base| &base.selections);
    let draft = &record.environment.draft.changes;
    let present =
        |component: &ComponentName| draft.get(component).or_else(|| base.and_then(|base| base.get(component)));
    let is_pinned = |component: &ComponentName| present(component).is_some_and(|now| now.follows == Follows::Pinned);
    let pinned: Vec<(ComponentName, Selection)> = wanted
        .keys()
        .filter(|component| is_pinned(component))
        .filter_map(|component| Some((component.clone(), present(component)?.clone())))
        .collect();
    let (_, changes): (Changes, Changes) = wanted.into_iter().partition(|(component, _)| is_pinned(component));
    if changes.is_empty() && !pinned.is_empty() {
        let components: Vec<String> = pinned.iter().map(|(component, _)| component.to_string()).collect();
        let each: Vec<String> = components.iter().map(|name| quoted_if_needed(&format!("{name}@{branch}"))).collect();
        return Err(Refusal::Pinned { instead: format!("deploy {}", each.join(" ")), components });
    }
    let is_same = |(component, selection)| base.and_then(|base| base.get(component)) == Some(selection);
    if draft.is_empty() && changes.iter().all(is_same) {
        return Err(Refusal::NothingChanges { environment: record.environment.name.to_string() });
    }
    Ok((changes, pinned))
}

/// What a name stands for.
enum Named<'p> {
    Component(&'p Component),
    Repository(&'p Repository),
}

/// What is meant by a name: never a guess.
fn named<'s>(study: &'s Study, call: &Call, name: &str) -> Result<Named<'s>, Refusal> {
    match study.project.meant_by(name) {
        Meant::Component(component) => Ok(Named::Component(component)),
        Meant::Repository(repository) => Ok(Named::Repository(repository)),
        Meant::Several(several) => {
            let line = |repository: &&Repository| (repository.name.to_string(), line(call, repository.name.as_str()));
            let known = several.iter().take(MOST_CHOICES).map(line).collect();
            Err(Refusal::WhichRepository { name: cut(name), known })
        }
        Meant::Nothing => Err(unknown(&study.project, name)),
    }
}

fn unknown(project: &Project, name: &str) -> Refusal {
    let components = project.components.iter().map(|component| component.name.as_str());
    let names = project.sources().flat_map(Repository::called).chain(components);
    Refusal::UnknownRepository {
        near: nearest(name, names).into_iter().map(str::to_owned).collect(),
        known: project.sources().map(|repository| repository.name.to_string()).collect(),
        name: cut(name),
    }
}

fn cut(name: &str) -> String {
    name.chars().take(40).collect()
}

/// The same line for a repository that is named whole.
fn line(call: &Call, repository: &str) -> String {
    let given = &call.invocation;
    let mut line = format!("branch {}", quoted_if_needed(repository));
    if let Some(branch) = given.text("branch") {
        line = format!("{line} {}", quoted_if_needed(branch));
    }
    match given.text("in") {
        Some(iteration) => format!("{line} --in {}", quoted_if_needed(iteration)),
        None => line,
    }
}
