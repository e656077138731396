//! `deploy`: the card, or with components at once.

mod begin;
mod gather;
mod pressed;
mod wanted;

pub(super) use pressed::pressed;

use serde_json::{Value, json};

use self::begin::{Begin, begin};
use self::gather::Grounds;
use super::study::{Call, GatherError, Study};
use crate::change::{Change, Decision, Write};
use crate::domain::card::{CardRow, Subject};
use crate::domain::environment;
use crate::domain::iteration::{Iteration, Phase};
use crate::domain::room::Room;
use crate::domain::touch::TouchKey;
use crate::domain::{Refusal, RoomId};
use crate::policy::Permit;
use crate::store::rooms;

/// Shows the card, tells what would change, or deploys.
pub(super) async fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_environment(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let target = study.environment_target(Some(&iteration));
    let refuse = |refusal| Ok(Decision::Refused(call.refused(refusal, &target)));
    if let Some(refusal) = not_active(&iteration) {
        return refuse(refusal);
    }
    let grounds = gather::grounds(study, &iteration).await?;
    let wanted = match wanted::changes(study, call, &grounds).await {
        Ok(wanted) => wanted,
        Err(refusal) => return refuse(refusal),
    };
    let room = room(study, &iteration).await?;
    let Some(changes) = wanted else {
        return if call.invocation.has("dry-run") {
            Ok(Decision::Changed(told(study, call, permit, (&grounds, &grounds.environment.draft.changes))?))
        } else {
            Ok(Decision::Changed(shown(study, call, permit, (&grounds, room))?))
        };
    };
    if call.invocation.has("dry-run") {
        return Ok(Decision::Changed(told(study, call, permit, (&grounds, &changes))?));
    }
    let why = call.said.line.chars().take(200).collect();
    match begin(study, permit, &grounds, Begin { changes, card: None, asked_in: call.said.room.clone(), why }) {
        Ok((change, revision, is_waiting)) => {
            let facts = json!({
                "name": iteration.key,
                "revision": revision,
                "other_room": room.filter(|room| *room != call.said.room).map_or(Value::Bool(false), |room| json!(room)),
                "is_waiting": is_waiting,
            });
            let words = study.say(call, "queued", &facts)?;
            Ok(Decision::Changed(change.answering(call.reply(words))))
        }
        Err(refusal) => refuse(refusal),
    }
}

fn not_active(iteration: &Iteration) -> Option<Refusal> {
    (iteration.phase != Phase::Active)
        .then(|| Refusal::NotActive { iteration: iteration.key.to_string(), phase: iteration.phase.as_str() })
}

async fn room(study: &Study, iteration: &Iteration) -> Result<Option<RoomId>, GatherError> {
    let room = rooms::of_iteration(&mut study.store.reader().await?, &iteration.key).await?;
    Ok(room.as_ref().and_then(Room::id).cloned())
}

/// Posts a deploy card; the open one before it is continued there.
fn shown(
    study: &Study,
    call: &Call,
    permit: Permit,
    (grounds, room): (&Grounds, Option<RoomId>),
) -> Result<Change, GatherError> {
    let environment = grounds.environment.name.clone();
    let card = CardRow::new(&study.event, Subject::Deploy(environment.clone()));
    let mut change = Change::new(permit)
        .writing(Write::Environment(grounds.environment.clone()))
        .touching(TouchKey::Card(card.id.clone()));
    if let Some(former) = grounds.open_card.clone() {
        change = change
            .touching(TouchKey::Card(former.id.clone()))
            .writing(Write::Card(former.showing(Subject::Continued(environment.clone()))));
    }
    change = change.writing(Write::Card(card));
    match room {
        // In its own room the card is the answer.
        Some(room) if room == call.said.room => Ok(change),
        Some(room) => {
            let words = study.say(call, "shown", &json!({ "name": environment, "room": room }))?;
            Ok(change.answering(call.reply(words)))
        }
        None => Ok(change),
    }
}

/// Tells what would change.
fn told(
    study: &Study,
    call: &Call,
    permit: Permit,
    (grounds, changes): (&Grounds, &wanted::Changes),
) -> Result<Change, GatherError> {
    let offered = environment::offered(&grounds.basis(&study.project.component_names()), changes);
    let components: Vec<Value> = offered
        .iter()
        .map(|(component, to)| {
            let from = grounds.base.as_ref().and_then(|base| base.selections.get(component));
            json!({
                "name": component,
                "from": from.map_or(json!(false), |from| json!(from.told())),
                "to": to.told(),
                "is_change": from != Some(to),
            })
        })
        .collect();
    let words = study.say(call, "plan", &json!({ "name": grounds.environment.name, "components": components }))?;
    Ok(Change::new(permit).answering(call.reply(words)))
}
