//! What follows from what our own stewards saw.

use serde_json::json;

use crate::card::templates::{TemplateError, Templates};
use crate::change::{Change, Content, Decision, Reply, Why};
use crate::domain::iteration::IterationKey;
use crate::domain::marked::Marked;
use crate::domain::person::Actor;
use crate::domain::room::Room;
use crate::domain::{CommandName, RoomId};
use crate::event::outcome::Outcome;
use crate::policy::{self, Action, Rules, Target};
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

/// Decides what follows: for rooms, a line where the iteration was asked for.
pub async fn react(
    store: &Store,
    (rules, templates): (&Rules, &Templates),
    outcome: &Outcome,
) -> Result<Decision, OutcomeError> {
    let (Outcome::RoomOpened { iteration: key } | Outcome::RoomRefused { iteration: key, .. }) = outcome;
    let mut reader = store.reader().await?;
    let Some(iteration) = iterations::find(&mut reader, key).await? else { return Ok(Decision::Nothing(Why::Empty)) };
    let room = rooms::of_iteration(&mut reader, key).await?;
    let words = match outcome {
        Outcome::RoomOpened { .. } => {
            let Some(id) = room.as_ref().and_then(Room::id) else { return Ok(Decision::Nothing(Why::Empty)) };
            templates.render("iteration", "opened", &json!({ "name": iteration.name, "room": id }))?
        }
        Outcome::RoomRefused { why, .. } => {
            templates.render("iteration", "pending", &json!({ "name": iteration.name, "why": why }))?
        }
    };
    Ok(tell(rules, key, iteration.asked_in, words))
}

/// Says something in a room, in our own name.
fn tell(rules: &Rules, key: &IterationKey, to: RoomId, words: Marked) -> Decision {
    let action = Action { command: CommandName::new("tell") };
    let target = Target { name: Some(key.to_string()), ..Target::default() };
    match policy::decide(rules, &Actor::System("room".to_owned()), &action, &target) {
        Ok(permit) => {
            let reply = Reply { to, thread: None, only_for: None, content: Content::Text(words) };
            Decision::Changed(Change::new(permit).answering(reply))
        }
        Err(_) => Decision::Nothing(Why::Empty),
    }
}
