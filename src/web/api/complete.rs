//! What may come next in a message that is being typed: the grammar's offers, and names that the house knows.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State as Shared};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::command::complete::{self, Next, Offer, Wanted, What};
use crate::command::{quoted_if_needed, usage};
use crate::domain::artifact::BranchName;
use crate::domain::component::{Component, RepositoryName};
use crate::domain::iteration::IterationKey;
use crate::domain::person::Actor;
use crate::domain::project::Meant;
use crate::domain::{ChatName, PersonId, RoomId};
use crate::event::chat::being_typed;
use crate::policy::{self, Action};
use crate::store::{environments, iterations, rooms};
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::messages::asker;
use crate::web::state::State;

/// The most offers in one answer.
const MOST: usize = 8;
/// How long branches are waited for: nobody waits for a list while typing.
const PATIENCE: Duration = Duration::from_millis(200);

/// What is being typed, up to the cursor.
#[derive(Deserialize)]
pub(super) struct Typed {
    /// The room's own id.
    #[serde(default)]
    room: String,
    text: String,
    /// Dev profile only: as whom.
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
}

pub(super) async fn complete(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Query(Typed { room, text, acting_as }): Query<Typed>,
) -> Result<Json<Value>, WebError> {
    let asker = asker(&state, &visitor, acting_as)?;
    let line = being_typed(&text);
    let next = line.map(|line| next(&state, &asker, line)).unwrap_or_default();
    let mut offers = match &next.wanted {
        Some(wanted) => known(&state, &room, wanted).await?,
        None => Vec::new(),
    };
    offers.extend(next.offers);
    offers.sort_by_key(|offer| offer.fit);
    let items: Vec<Value> =
        offers.iter().take(MOST).map(|offer| json!({ "text": offer.text, "hint": offer.hint })).collect();
    // The line is the end of the text; browsers count in UTF-16.
    let from = line.map_or(text.len(), |line| text.len() - line.len() + next.from);
    let command = next.spec.as_ref().map(|spec| &spec.command);
    Ok(Json(json!({
        "usage": command.map(usage),
        "summary": command.map(|command| &command.summary),
        "from": text.get(..from).unwrap_or_default().encode_utf16().count(),
        "items": items,
    })))
}

fn next(state: &State, asker: &Actor, line: &str) -> Next {
    let rules = state.rules.load();
    let may = |command: &_| policy::could(&rules, asker, &Action { command: Clone::clone(command) });
    complete::next(&state.grammar.load(), line, may)
}

/// The names of what is wanted that fit, the likeliest first.
async fn known(state: &State, room: &str, wanted: &Wanted) -> Result<Vec<Offer>, WebError> {
    let (prefix, project) = (wanted.prefix.as_str(), &state.project);
    let is_given = |name: &str| wanted.given.iter().any(|given| given.split('@').next() == Some(name));
    let offers = match &wanted.what {
        What::Component => {
            let names = project.components.iter().map(|component| component.name.as_str());
            names.filter(|name| !is_given(name)).filter_map(|name| offer(prefix, name, "component")).collect()
        }
        What::BranchOf { component } => {
            let Some(component) = project.component(component) else { return Ok(Vec::new()) };
            let branches = branches(state, &[component]).await;
            let fitting = branches.iter().filter_map(|branch| Offer::fitting(prefix, branch.as_str(), "branch"));
            let whole = |text: &str| quoted_if_needed(&format!("{}@{text}", component.name));
            fitting.map(|offer| Offer { text: whole(&offer.text), ..offer }).collect()
        }
        What::Branch { repository } => {
            let branches = branches(state, &built_from(state, repository.as_deref())).await;
            branches.iter().filter_map(|branch| offer(prefix, branch.as_str(), "branch")).collect()
        }
        What::Repository => {
            let fitting = |called: &str| offer(prefix, called, "repository");
            project.sources().filter_map(|repository| repository.called().find_map(fitting)).collect()
        }
        What::Person => {
            let rules = state.rules.load();
            let fitting = |id: &PersonId, name: &str| {
                let by_name = Offer::fitting(prefix, name, name).map(|offer| Offer { text: id.to_string(), ..offer });
                offer(prefix, id.as_str(), name).or(by_name.filter(|_| id.as_str() != prefix))
            };
            rules.people.values().filter_map(|person| fitting(&person.id, &person.name)).collect()
        }
        What::Iteration => iterations(state, prefix).await?,
        What::Environment => environments(state, room, prefix).await?,
    };
    Ok(offers)
}

/// A name as it is to be typed.
fn offer(prefix: &str, name: &str, hint: &str) -> Option<Offer> {
    Offer::fitting(prefix, name, hint).map(|offer| Offer { text: quoted_if_needed(&offer.text), ..offer })
}

/// What is built from the repository that is called so, or the component that is; all where nothing was named.
fn built_from<'s>(state: &'s State, called: Option<&str>) -> Vec<&'s Component> {
    let project = &state.project;
    match called.map(|called| project.meant_by(called)) {
        None => project.components.iter().collect(),
        Some(Meant::Component(component)) => vec![component],
        Some(Meant::Repository(repository)) => project.built_from(&repository.name).collect(),
        Some(Meant::Several(_) | Meant::Nothing) => Vec::new(),
    }
}

/// The branches that these components can be built from: their default ones, then the others by name. A repository
/// that is slow or cannot be read has none.
async fn branches(state: &State, components: &[&Component]) -> Vec<BranchName> {
    let mut repositories: Vec<&RepositoryName> = components.iter().map(|component| &component.repository).collect();
    repositories.sort();
    repositories.dedup();
    let asked = join_all(repositories.into_iter().map(|repository| {
        let listed = tokio::time::timeout(PATIENCE, state.source.branches(repository));
        async { listed.await.ok().and_then(Result::ok).unwrap_or_default() }
    }));
    let mut found: Vec<BranchName> = asked.await.into_iter().flatten().map(|branch| branch.name).collect();
    found.sort_by(|one, other| {
        let is_other = |name: &BranchName| components.iter().all(|component| component.default_branch != *name);
        (is_other(one), one).cmp(&(is_other(other), other))
    });
    found.dedup();
    found
}

/// The iterations, newest first, by key or name.
async fn iterations(state: &State, prefix: &str) -> Result<Vec<Offer>, WebError> {
    let all = iterations::all(&mut state.store.reader().await?).await?;
    let fitting = all.iter().filter_map(|iteration| {
        let key = iteration.key.as_str();
        let by_name = || Offer::fitting(prefix, &iteration.name, &iteration.name).filter(|_| key != prefix);
        offer(prefix, key, &iteration.name).or_else(|| by_name().map(|offer| Offer { text: key.to_owned(), ..offer }))
    });
    Ok(fitting.collect())
}

/// The environments that should run, the room's own first.
async fn environments(state: &State, room: &str, prefix: &str) -> Result<Vec<Offer>, WebError> {
    let mut reader = state.store.reader().await?;
    let own = rooms::iteration_of(&mut reader, &RoomId::new(&ChatName::console(), room)).await?;
    let is_own = |name: &str| own.as_ref().map(IterationKey::as_str) == Some(name);
    let mut names = environments::present(&mut reader).await?;
    names.sort_by_key(|name| !is_own(name.as_str()));
    Ok(names.iter().filter_map(|name| offer(prefix, name.as_str(), "environment")).collect())
}
