//! What follows from what became of an iteration's room: a line where the iteration was asked for.

use serde_json::{Value, json};

use super::ground::line;
use super::{Ground, ReactionError};
use crate::card::build::offer::{self, Offer};
use crate::change::{Change, Content, Decision, Reply, Why};
use crate::domain::RoomId;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::marked::Marked;
use crate::domain::room::{Room, Standing};
use crate::domain::touch::TouchKey;
use crate::store::{former_rooms, iterations, rooms};

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
    let looks = Change::new(permit);
    let is_former = former_rooms::find(&mut ground.store.reader().await?, room).await?.is_some();
    Ok(Decision::Changed(if is_former {
        looks.touching(TouchKey::Former(room.clone()))
    } else {
        looks.touching(TouchKey::Room(key.clone())).touching(TouchKey::Members(key))
    }))
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
    let mut told = line(iteration.asked_in, words.clone());
    let label = match standing {
        Standing::Open => None,
        Standing::Archived => Some("Open it again"),
        Standing::Lost => Some("Go on in a new one"),
    };
    if let Some(label) = label {
        let offer = Offer { label: label.to_owned(), line: format!("iteration reopen --in {key}") };
        told.content = Content::Card(Box::new(offer::card(&ground.event, words, &[offer])));
    }
    Ok(Decision::Changed(Change::new(permit).answering(told)))
}

/// The iteration goes on in another room: told where it was asked for; the other's card tells of it there.
pub(super) async fn succeeded(ground: &Ground, key: &IterationKey, former: &RoomId) -> Result<Decision, ReactionError> {
    let Some((iteration, facts)) = goes_on(ground, key, former).await? else {
        return Ok(Decision::Nothing(Why::Empty));
    };
    let words = ground.words("iteration", "succeeded", &facts)?;
    Ok(say(ground, key, line(iteration.asked_in, words)))
}

/// Somebody hears us again in a room that was left: told there, where people may look for the iteration.
pub(super) async fn former_is_back(
    ground: &Ground,
    key: &IterationKey,
    former: &RoomId,
) -> Result<Decision, ReactionError> {
    let Some((_, facts)) = goes_on(ground, key, former).await? else { return Ok(Decision::Nothing(Why::Empty)) };
    let words = ground.words("iteration", "moved", &facts)?;
    Ok(say(ground, key, line(former.clone(), words)))
}

/// What there is to tell of a room that was left.
async fn goes_on(
    ground: &Ground,
    key: &IterationKey,
    former: &RoomId,
) -> Result<Option<(Iteration, Value)>, ReactionError> {
    let mut reader = ground.store.reader().await?;
    let (Some(iteration), Some(room)) =
        (iterations::find(&mut reader, key).await?, rooms::of_iteration(&mut reader, key).await?)
    else {
        return Ok(None);
    };
    let facts = room.id().map(|id| json!({ "name": iteration.name, "room": id, "former": former }));
    Ok(facts.map(|facts| (iteration, facts)))
}

fn say(ground: &Ground, key: &IterationKey, reply: Reply) -> Decision {
    match ground.permit("room", "tell", key.as_str()) {
        Ok(permit) => Decision::Changed(Change::new(permit).answering(reply)),
        Err(_) => Decision::Nothing(Why::Empty),
    }
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
    Ok(say(ground, key, line(iteration.asked_in, words)))
}
