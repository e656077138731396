//! Rooms: one for each iteration, made once however often we die over it.

use std::time::Duration;

use super::run::Stewards;
use super::{Next, StewardError, arrival, successors};
use crate::domain::RoomId;
use crate::domain::card::{CardRow, CardState};
use crate::domain::furniture::Furniture;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::moment::{self, Moment};
use crate::domain::room::{self, Intent, Made, Renamed, Room, RoomState, Standing, Stands};
use crate::domain::touch::TouchKey;
use crate::event::outcome::Outcome;
use crate::ports::{Bookmark, ChatError, RoomChange, RoomSeen, within};
use crate::store::{cards, former_rooms, iterations, members, rooms, touches};

/// The first wait after the chat refused; doubled up to [`LONGEST_WAIT`].
const WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// How many taken names are stepped over in one look.
const NAMES: u32 = 50;

/// Makes the room if it is not there, and keeps it as it should be.
pub(super) async fn reconcile(stewards: &Stewards, key: &IterationKey) -> Result<Next, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let (Some(room), Some(iteration)) =
        (rooms::of_iteration(&mut reader, key).await?, iterations::find(&mut reader, key).await?)
    else {
        return Ok(Next::AtRest);
    };
    drop(reader);
    match &room.state {
        RoomState::Made(made) => look(stewards, &room, &iteration, made).await,
        RoomState::Wanted { number } => make(stewards, &room, &iteration, *number).await,
        RoomState::Intended(intent) => match find(stewards, &room, intent).await? {
            Some(id) => opened(stewards, &room, intent, id).await,
            None => try_to_make(stewards, &room, &iteration, intent.clone()).await,
        },
    }
}

async fn make(stewards: &Stewards, room: &Room, iteration: &Iteration, number: u32) -> Result<Next, StewardError> {
    let intent = intend(stewards, room, iteration, number).await?;
    try_to_make(stewards, room, iteration, intent).await
}

/// Writes down what is about to be made.
async fn intend(stewards: &Stewards, room: &Room, iteration: &Iteration, number: u32) -> Result<Intent, StewardError> {
    let wanted = stewards.room_name.replace("{key}", iteration.key.as_str()).replace("{project}", &iteration.project);
    let limits = stewards.chat(&room.chat)?.abilities().names;
    let name = room::name(&wanted, number, limits);
    let intent = Intent { name, number, nonce: stewards.ids.fresh(), at: stewards.clock.now() };
    put(stewards, Room { state: RoomState::Intended(intent.clone()), ..room.clone() }).await?;
    Ok(intent)
}

async fn try_to_make(
    stewards: &Stewards,
    room: &Room,
    iteration: &Iteration,
    mut intent: Intent,
) -> Result<Next, StewardError> {
    let chat = stewards.chat(&room.chat)?.clone();
    for _ in 0..NAMES {
        match within(chat.open_room(&intent)).await {
            Ok(id) => return opened(stewards, room, &intent, id).await,
            Err(ChatError::NameTaken) => {
                // It may be our own, made by a call whose answer was lost.
                if let Some(id) = find(stewards, room, &intent).await? {
                    return opened(stewards, room, &intent, id).await;
                }
                intent = intend(stewards, room, iteration, intent.number + 1).await?;
            }
            Err(ChatError::Rejected(why)) => return refused(stewards, room, intent, why).await,
            Err(other) => return Err(other.into()),
        }
    }
    refused(stewards, room, intent, format!("{NAMES} names were taken")).await
}

/// The room that was made for the intent. That of another iteration may have been renamed to this very name, and a
/// former one of this iteration may have it still.
async fn find(stewards: &Stewards, room: &Room, intent: &Intent) -> Result<Option<RoomId>, StewardError> {
    let Some(id) = within(stewards.chat(&room.chat)?.find_room(intent)).await? else { return Ok(None) };
    let owner = rooms::iteration_of(&mut stewards.store.reader().await?, &id).await?;
    Ok(owner.is_none().then_some(id))
}

/// Writes down the room's id, and lets the other stewards furnish it.
async fn opened(stewards: &Stewards, room: &Room, intent: &Intent, id: RoomId) -> Result<Next, StewardError> {
    let iteration = room.iteration.clone();
    let former = former_rooms::last(&mut stewards.store.reader().await?, &iteration).await?;
    let outcome = arrival(&match &former {
        Some(former) => Outcome::RoomSucceeded { iteration: iteration.clone(), former: former.room.clone() },
        None => Outcome::RoomOpened { iteration: iteration.clone() },
    })?;
    let state = RoomState::Made(Made { room: id, name: intent.name.clone(), stands: Stands::Open });
    let room = Room { state, ..room.clone() };
    let card = CardRow::of_room(iteration.clone()).id;
    let now = stewards.clock.now();
    tracing::trace!(target: moment::TARGET, moment = Moment::BeforeReceipt.as_str());
    stewards
        .store
        .observe(vec![outcome], move |tx| {
            Box::pin(async move {
                rooms::put(tx, &room).await?;
                let mut keys =
                    vec![TouchKey::Room(iteration.clone()), TouchKey::Members(iteration), TouchKey::Card(card)];
                keys.extend(former.map(|former| TouchKey::Former(former.room)));
                touches::touch(tx, &keys, now).await
            })
        })
        .await?;
    Ok(Next::AtRest)
}

/// Sees how the room is, and keeps it as it should be.
async fn look(stewards: &Stewards, room: &Room, iteration: &Iteration, made: &Made) -> Result<Next, StewardError> {
    let chat = stewards.chat(&room.chat)?.clone();
    let mut seen = within(chat.look_at(&made.room)).await?;
    if made.stands.is_wanted_back() && seen.standing != Standing::Open {
        match successors::bring_back(chat.as_ref(), &made.room, seen).await? {
            Some(back) => seen = back,
            None => return successors::succeed(stewards, room, made).await,
        }
    }
    if seen.standing != made.stands.seen() {
        stands(stewards, room, made, seen.standing).await?;
    }
    if seen.standing != Standing::Open {
        return Ok(Next::AtRest);
    }
    let room = Room { state: RoomState::Made(Made { stands: Stands::Open, ..made.clone() }), ..room.clone() };
    furnish(stewards, &room, iteration, (&made.room, &seen)).await
}

/// Mends what we put on top of the room: never its name, nor what people did to it.
async fn furnish(
    stewards: &Stewards,
    room: &Room,
    iteration: &Iteration,
    (id, seen): (&RoomId, &RoomSeen),
) -> Result<Next, StewardError> {
    let chat = stewards.chat(&room.chat)?.clone();
    if let Some(renamed) = seen.name.as_deref().and_then(|name| room.renamed(name)) {
        is_called(stewards, renamed).await?;
    }
    let furniture = Furniture::of(iteration, iteration.owner.as_str(), &stewards.project.repositories);
    let card = CardRow::of_room(room.iteration.clone()).id;
    let card = cards::find(&mut stewards.store.reader().await?, &card).await?;
    for change in changes(&furniture, card.as_ref(), seen) {
        match within(chat.change_room(id, &change)).await {
            Ok(()) => {}
            // A room is good without it, and people may have their reasons.
            Err(ChatError::Rejected(why)) => tracing::warn!(?change, why, "the chat refuses it"),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(Next::AtRest)
}

/// What is not as it should be, of what the chat has at all.
fn changes(furniture: &Furniture, card: Option<&CardRow>, seen: &RoomSeen) -> Vec<RoomChange> {
    let mut changes = Vec::new();
    if seen.topic.as_ref().is_some_and(|topic| *topic != furniture.topic) {
        changes.push(RoomChange::Topic(furniture.topic.clone()));
    }
    if seen.purpose.as_ref().is_some_and(|purpose| *purpose != furniture.purpose) {
        changes.push(RoomChange::Purpose(furniture.purpose.clone()));
    }
    for (title, address) in &furniture.links {
        let bookmark = Bookmark { title: title.clone(), address: address.clone() };
        if seen.bookmarks.as_ref().is_some_and(|bookmarks| !bookmarks.contains(&bookmark)) {
            changes.push(RoomChange::Bookmark(bookmark));
        }
    }
    if let Some(CardState::Posted { message, .. }) = card.map(|card| &card.state)
        && seen.pinned.as_ref() != Some(message)
    {
        changes.push(RoomChange::Pin(message.clone()));
    }
    changes
}

/// Writes down how the room stands to us now, and has it told; when it is there again, what waited goes on.
async fn stands(stewards: &Stewards, room: &Room, made: &Made, standing: Standing) -> Result<(), StewardError> {
    let now = stewards.clock.now();
    let outcome = arrival(&Outcome::RoomStands { iteration: room.iteration.clone(), standing, at: now })?;
    let (iteration, id) = (room.iteration.clone(), made.room.clone());
    let written = stewards.store.observe(vec![outcome], move |tx| {
        Box::pin(async move {
            rooms::stands(tx, &iteration, standing).await?;
            if standing != Standing::Open {
                return Ok(());
            }
            // Who was in it while nobody heard us is not known, and an archive empties rooms: nobody has left by that.
            members::unsee(tx, &iteration).await?;
            touches::touch(tx, &[TouchKey::Members(iteration)], now).await?;
            touches::touch_cards_in(tx, &id, now).await?;
            touches::touch_unposted(tx, now).await
        })
    });
    Ok(written.await?)
}

/// Writes down the name that people gave it, and has it told. It is the id that we keep to.
async fn is_called(stewards: &Stewards, Renamed { before, room }: Renamed) -> Result<(), StewardError> {
    let (iteration, at) = (room.iteration.clone(), stewards.clock.now());
    let Some(after) = room.made().map(|made| made.name.clone()) else { return Ok(()) };
    let outcome = arrival(&Outcome::RoomRenamed { iteration, before, after, at })?;
    stewards.store.observe(vec![outcome], move |tx| Box::pin(async move { rooms::put(tx, &room).await })).await?;
    Ok(())
}

/// Keeps the wish, tells of it once, and tries again later.
async fn refused(stewards: &Stewards, room: &Room, intent: Intent, why: String) -> Result<Next, StewardError> {
    let wait = WAIT.saturating_mul(2_u32.saturating_pow(room.refusals)).min(LONGEST_WAIT);
    let former = former_rooms::last(&mut stewards.store.reader().await?, &room.iteration).await?;
    let former = former.map(|former| former.room);
    let outcome = arrival(&Outcome::RoomRefused { iteration: room.iteration.clone(), former, why })?;
    let room = Room { state: RoomState::Intended(intent), refusals: room.refusals.saturating_add(1), ..room.clone() };
    // Only the first of these arrivals is new: people are told once.
    stewards.store.observe(vec![outcome], move |tx| Box::pin(async move { rooms::put(tx, &room).await })).await?;
    Ok(Next::At(stewards.clock.now().plus(wait)))
}

async fn put(stewards: &Stewards, room: Room) -> Result<(), StewardError> {
    stewards.store.write(move |tx| Box::pin(async move { rooms::put(tx, &room).await })).await?;
    Ok(())
}
