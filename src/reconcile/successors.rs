//! Rooms that are wanted back: opened again where the chat lets us, else left for a successor; and what is told in a
//! room that was left.

use super::run::Stewards;
use super::{Next, StewardError, arrival};
use crate::domain::RoomId;
use crate::domain::room::{Former, Made, Room, Standing};
use crate::event::outcome::Outcome;
use crate::ports::{ChatAdapter, ChatError, RoomChange, RoomSeen, within};
use crate::store::{former_rooms, members, rooms};

/// Opens a room again, and looks at it. None when it takes a successor: the room is lost, or stays closed to us.
pub(super) async fn bring_back(
    chat: &dyn ChatAdapter,
    room: &RoomId,
    seen: RoomSeen,
) -> Result<Option<RoomSeen>, ChatError> {
    if seen.standing != Standing::Archived || !chat.abilities().archives {
        return Ok(None);
    }
    match within(chat.change_room(room, &RoomChange::Unarchive)).await {
        Ok(()) => {}
        Err(ChatError::Closed(why)) => {
            tracing::info!(%room, why, "the chat leaves it to people: the iteration goes on in a room of its own");
            return Ok(None);
        }
        Err(other) => return Err(other),
    }
    let seen = within(chat.look_at(room)).await?;
    match seen.standing {
        Standing::Open => Ok(Some(seen)),
        Standing::Archived => Err(ChatError::Unknown("the room was opened again and is archived still".to_owned())),
        // It is open to others.
        Standing::Lost => Ok(None),
    }
}

/// Leaves the room for one that is wanted from now on. Whoever was in it is wanted there too, and has not left.
pub(super) async fn succeed(stewards: &Stewards, room: &Room, made: &Made) -> Result<Next, StewardError> {
    let before = former_rooms::last(&mut stewards.store.reader().await?, &room.iteration).await?;
    let number = before.map_or(1, |before| before.number.saturating_add(1));
    let former = Former { room: made.room.clone(), iteration: room.iteration.clone(), number };
    let successor = room.after(number);
    let left = stewards.store.write(move |tx| {
        Box::pin(async move {
            former_rooms::put(tx, &former).await?;
            former_rooms::move_cards(tx, &former).await?;
            members::unsee(tx, &former.iteration).await?;
            rooms::put(tx, &successor).await
        })
    });
    left.await?;
    Ok(Next::At(stewards.clock.now()))
}

/// Sees whether anybody hears us again in a room that was left, and has it told there where the iteration goes on. It
/// is left alone otherwise.
pub(super) async fn tell(stewards: &Stewards, id: &RoomId) -> Result<Next, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let Some(former) = former_rooms::find(&mut reader, id).await? else { return Ok(Next::AtRest) };
    let is_told = !former_rooms::untold(&mut reader).await?.contains(&former);
    let goes_on_in = rooms::of_iteration(&mut reader, &former.iteration).await?;
    drop(reader);
    // While there is nothing to name yet: the steward of the room touches us when there is.
    let has_successor = goes_on_in.is_some_and(|room| room.id().is_some());
    if is_told || !has_successor {
        return Ok(Next::AtRest);
    }
    let seen = within(stewards.chat(&id.chat())?.look_at(id)).await?;
    if seen.standing != Standing::Open {
        return Ok(Next::AtRest);
    }
    let outcome = arrival(&Outcome::FormerRoomBack { iteration: former.iteration, room: former.room.clone() })?;
    let now = stewards.clock.now();
    let told = stewards
        .store
        .observe(vec![outcome], move |tx| Box::pin(async move { former_rooms::told(tx, &former.room, now).await }));
    told.await?;
    Ok(Next::AtRest)
}
