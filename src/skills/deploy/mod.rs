//! `deploy`: the card, or with components at once; `cancel` and `rollback`, and the presses on its cards.

mod cancel;
mod pressed;
mod rollback;
mod run_pressed;
mod wanted;

pub(super) use cancel::cancel;
pub(super) use pressed::pressed;
pub(super) use rollback::rollback;
pub(super) use run_pressed::run_pressed;

use serde_json::{Value, json};

use super::study::{Call, Changes, GatherError, Study};
use crate::change::{Change, Decision};
use crate::domain::RoomId;
use crate::domain::environment::Selection;
use crate::domain::order::{OnCard, Wanted};
use crate::domain::record::Record;
use crate::domain::revise::offered;
use crate::policy::Permit;

/// Shows the card, tells what would change, or deploys.
pub(super) async fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit, record) = match study.to_change(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let refuse = |refusal| {
        let target = study.environment_target(Some(&iteration));
        Ok(Decision::Refused(call.refused(refusal, &target)))
    };
    let defaults = study.defaults(&record).await;
    let wanted = match wanted::changes(study, call, record.base.as_ref()).await {
        Ok(wanted) => wanted,
        Err(refusal) => return refuse(refusal),
    };
    let room = study.room(&iteration).await?;
    if call.invocation.has("dry-run") {
        let changes = wanted.as_ref().unwrap_or(&record.environment.draft.changes);
        return Ok(Decision::Changed(told(study, (call, permit), (&record, &defaults), changes)?));
    }
    let Some(changes) = wanted else {
        return Ok(Decision::Changed(shown(study, (call, permit), (&record, room))?));
    };
    let wanted = Wanted::Differences { changes, defaults: &defaults };
    match study.order((&record, permit), (&call.said, &call.said.line), (wanted, OnCard::New)) {
        Ok((change, revision, is_waiting)) => {
            let facts = json!({
                "name": iteration.key,
                "revision": revision,
                "other_room": other_room(call, room),
                "is_waiting": is_waiting,
            });
            Ok(Decision::Changed(change.answering(call.reply(study.say(call, "queued", &facts)?))))
        }
        Err(refusal) => refuse(refusal),
    }
}

/// Where the card stands, when that is not where the command was said.
fn other_room(call: &Call, room: Option<RoomId>) -> Value {
    room.filter(|room| *room != call.said.room).map_or(Value::Bool(false), |room| json!(room))
}

/// Posts a deploy card.
fn shown(
    study: &Study,
    (call, permit): (&Call, Permit),
    (record, room): (&Record, Option<RoomId>),
) -> Result<Change, GatherError> {
    let change = Change::new(permit).offering(record, &study.event);
    match room {
        Some(room) if room != call.said.room => {
            let words = study.say(call, "shown", &json!({ "name": record.environment.name, "room": room }))?;
            Ok(change.answering(call.reply(words)))
        }
        // In its own room the card is the answer.
        Some(_) | None => Ok(change),
    }
}

/// Tells what would change.
fn told(
    study: &Study,
    (call, permit): (&Call, Permit),
    (record, defaults): (&Record, &[Selection]),
    changes: &Changes,
) -> Result<Change, GatherError> {
    let offered = offered(&record.basis(defaults, &study.project.component_names()), changes);
    let components: Vec<Value> = offered
        .iter()
        .map(|(component, to)| {
            let from = record.base.as_ref().and_then(|base| base.selections.get(component));
            json!({
                "name": component,
                "from": from.map_or(json!(false), |from| json!(from.told())),
                "to": to.told(),
                "is_change": from != Some(to),
            })
        })
        .collect();
    let words = study.say(call, "plan", &json!({ "name": record.environment.name, "components": components }))?;
    Ok(Change::new(permit).answering(call.reply(words)))
}
