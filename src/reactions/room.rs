//! What follows from what became of an iteration's room: a line where the iteration was asked for.

use serde_json::json;

use super::ground::line;
use super::{Ground, ReactionError};
use crate::change::{Change, Decision, Why};
use crate::domain::RoomId;
use crate::domain::iteration::IterationKey;
use crate::domain::marked::Marked;
use crate::domain::room::{Room, Standing};
use crate::domain::touch::TouchKey;
use crate::store::{iterations, rooms};

/// The room is open.
pub(super) async fn opened(ground: &Ground, key: &IterationKey) -> Result<Decision, ReactionError> {
    tell(ground, key, None).await
}

/// The chat refuses to make it.
pub(super) async fn refused(ground: &Ground, key: &IterationKey, why: &str) -> Result<Decision, ReactionError> {
    tell(ground, key, Some(why)).await
}

/// The chat tells that something changed there: its stewards look themselves.
pub async fn changed(ground: &Ground, room: &RoomId) -> Result<Decision, ReactionError> {
    let nothing = Ok(Decision::Nothing(Why::Empty));
    let Some(key) = rooms::iteration_of(&mut ground.store.reader().await?, room).await? else { return nothing };
    let Ok(permit) = ground.permit("room", "mend", key.as_str()) else { return nothing };
    let looks = Change::new(permit).touching(TouchKey::Room(key.clone())).touching(TouchKey::Members(key));
    Ok(Decision::Changed(looks))
}

/// It was archived, lost, or is there again: told where the iteration was asked for, since nobody hears us in it.
pub(super) async fn stands(ground: &Ground, key: &IterationKey, standing: Standing) -> Result<Decision, ReactionError> {
    let nothing = Ok(Decision::Nothing(Why::Empty));
    let Some(iteration) = iterations::find(&mut ground.store.reader().await?, key).await? else { return nothing };
    let facts = json!({
        "name": iteration.name,
        "is_archived": standing == Standing::Archived,
        "is_lost": standing == Standing::Lost,
    });
    let words = ground.words("iteration", "stands", &facts)?;
    let Ok(permit) = ground.permit("room", "tell", key.as_str()) else { return nothing };
    Ok(Decision::Changed(Change::new(permit).answering(line(iteration.asked_in, words))))
}

/// People gave it another name: told where the iteration was asked for, since whoever is in it has seen it.
pub(super) async fn renamed(
    ground: &Ground,
    key: &IterationKey,
    (before, after): (&str, &str),
) -> Result<Decision, ReactionError> {
    let nothing = Ok(Decision::Nothing(Why::Empty));
    let mut reader = ground.store.reader().await?;
    let Some(iteration) = iterations::find(&mut reader, key).await? else { return nothing };
    let room = rooms::of_iteration(&mut reader, key).await?;
    let Some(id) = room.as_ref().and_then(Room::id) else { return nothing };
    let facts = json!({ "name": iteration.name, "before": before, "after": after, "room": id });
    let words = ground.words("iteration", "renamed", &facts)?;
    let Ok(permit) = ground.permit("room", "tell", key.as_str()) else { return nothing };
    Ok(Decision::Changed(Change::new(permit).answering(line(iteration.asked_in, words))))
}

async fn tell(ground: &Ground, key: &IterationKey, why: Option<&str>) -> Result<Decision, ReactionError> {
    let mut reader = ground.store.reader().await?;
    let Some(iteration) = iterations::find(&mut reader, key).await? else { return Ok(Decision::Nothing(Why::Empty)) };
    let room = rooms::of_iteration(&mut reader, key).await?;
    let words: Marked = match (why, room.as_ref().and_then(Room::id)) {
        (Some(why), _) => ground.words("iteration", "pending", &json!({ "name": iteration.name, "why": why }))?,
        (None, Some(id)) => ground.words("iteration", "opened", &json!({ "name": iteration.name, "room": id }))?,
        (None, None) => return Ok(Decision::Nothing(Why::Empty)),
    };
    Ok(match ground.permit("room", "tell", key.as_str()) {
        Ok(permit) => Decision::Changed(Change::new(permit).answering(line(iteration.asked_in, words))),
        Err(_) => Decision::Nothing(Why::Empty),
    })
}
