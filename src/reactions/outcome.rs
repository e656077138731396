//! What follows from what our own stewards saw.

use serde_json::json;

use super::deployment;

use crate::card::templates::{TemplateError, Templates};
use crate::change::{Change, Content, Decision, Reply, Why};
use crate::domain::iteration::IterationKey;
use crate::domain::person::Actor;
use crate::domain::room::Room;
use crate::domain::{CommandName, Refusal, Timestamp};
use crate::event::outcome::Outcome;
use crate::policy::{self, Action, Permit, Rules, Target};
use crate::store::{Store, StoreError, iterations, rooms};

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum OutcomeError {
    /// The store failed; the event waits and is tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text could not be made.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// Decides what follows.
pub async fn react(
    store: &Store,
    (rules, templates): (&Rules, &Templates),
    (outcome, now): (&Outcome, Timestamp),
) -> Result<Decision, OutcomeError> {
    match outcome {
        Outcome::RoomOpened { iteration } => room(store, (rules, templates), (iteration, None)).await,
        Outcome::RoomRefused { iteration, why } => room(store, (rules, templates), (iteration, Some(why))).await,
        Outcome::DeploymentTried { deployment, .. } => {
            deployment::tried(store, (rules, templates), (deployment, now)).await
        }
    }
}

/// A line where the iteration was asked for: its room is open, or refused because of `why`.
async fn room(
    store: &Store,
    (rules, templates): (&Rules, &Templates),
    (key, why): (&IterationKey, Option<&String>),
) -> Result<Decision, OutcomeError> {
    let mut reader = store.reader().await?;
    let Some(iteration) = iterations::find(&mut reader, key).await? else { return Ok(Decision::Nothing(Why::Empty)) };
    let room = rooms::of_iteration(&mut reader, key).await?;
    let words = match (why, room.as_ref().and_then(Room::id)) {
        (Some(why), _) => templates.render("iteration", "pending", &json!({ "name": iteration.name, "why": why }))?,
        (None, Some(id)) => templates.render("iteration", "opened", &json!({ "name": iteration.name, "room": id }))?,
        (None, None) => return Ok(Decision::Nothing(Why::Empty)),
    };
    let reply = Reply { to: iteration.asked_in, thread: None, only_for: None, content: Content::Text(words) };
    Ok(match permit(rules, "room", key.as_str()) {
        Ok(permit) => Decision::Changed(Change::new(permit).answering(reply)),
        Err(_) => Decision::Nothing(Why::Empty),
    })
}

/// Our own right to tell and to end what we began.
pub(super) fn permit(rules: &Rules, cause: &str, name: &str) -> Result<Permit, Refusal> {
    let action = Action { command: CommandName::new("tell") };
    let target = Target { name: Some(name.to_owned()), ..Target::default() };
    policy::decide(rules, &Actor::System(cause.to_owned()), &action, &target)
}
