//! `iteration reopen`: the wish to have an iteration's room open again. How it comes about is the steward's.

use serde_json::{Value, json};

use crate::change::{Change, Decision, Write};
use crate::domain::room::{Room, RoomState, Stands};
use crate::domain::touch::TouchKey;
use crate::skills::study::{Call, GatherError, Study};
use crate::store::rooms;

/// Wants the room of an iteration back.
pub(in crate::skills) async fn reopen(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_iteration(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let room = rooms::of_iteration(&mut study.store.reader().await?, &iteration.key).await?;
    let id = room.as_ref().and_then(Room::open).map_or(Value::Bool(false), |id| json!(id));
    let shut = room.as_ref().and_then(Room::made).filter(|made| made.stands != Stands::Open);
    let is_to_come = !matches!(&room, Some(Room { state: RoomState::Made(_), .. }));
    let words = study.say(call, "reopen", &json!({ "name": iteration.name, "room": id, "is_to_come": is_to_come }))?;
    let change = Change::new(permit).answering(call.reply(words));
    Ok(Decision::Changed(match shut {
        Some(made) => change
            .writing(Write::WantBack { iteration: iteration.key.clone(), room: made.room.clone() })
            .touching(TouchKey::Room(iteration.key)),
        None => change,
    }))
}
