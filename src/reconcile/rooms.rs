//! Rooms: one for each iteration, made once however often we die over it.

use std::time::Duration;

use super::run::Stewards;
use super::{Next, StewardError};
use crate::domain::RoomId;
use crate::domain::card::CardRow;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::moment::{self, Moment};
use crate::domain::room::{self, Intent, Room, RoomState};
use crate::domain::touch::TouchKey;
use crate::event::Arrival;
use crate::event::outcome::Outcome;
use crate::ports::{ChatError, within};
use crate::store::{iterations, rooms};

/// The first wait after the chat refused; doubled up to [`LONGEST_WAIT`].
const WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// How many taken names are stepped over in one look.
const NAMES: u32 = 50;

/// Makes the room if it is not there.
pub(super) async fn reconcile(stewards: &Stewards, key: &IterationKey) -> Result<Next, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let (Some(room), Some(iteration)) =
        (rooms::of_iteration(&mut reader, key).await?, iterations::find(&mut reader, key).await?)
    else {
        return Ok(Next::AtRest);
    };
    drop(reader);
    let chat = stewards.chat(&room.chat)?.clone();
    match &room.state {
        RoomState::Open { .. } => Ok(Next::AtRest),
        RoomState::Wanted { number } => make(stewards, &room, &iteration, *number).await,
        RoomState::Intended(intent) => match within(chat.find_room(intent)).await? {
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
                if let Some(id) = within(chat.find_room(&intent)).await? {
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

/// Writes down the room's id, and lets the other stewards furnish it.
async fn opened(stewards: &Stewards, room: &Room, intent: &Intent, id: RoomId) -> Result<Next, StewardError> {
    let iteration = room.iteration.clone();
    let outcome = arrival(&Outcome::RoomOpened { iteration: iteration.clone() }, "opened")?;
    let state = RoomState::Open { room: id, name: intent.name.clone() };
    let room = Room { state, ..room.clone() };
    let card = CardRow::of_room(iteration.clone()).id;
    let now = stewards.clock.now();
    tracing::trace!(target: moment::TARGET, moment = Moment::BeforeReceipt.as_str());
    stewards
        .store
        .observe(vec![outcome], move |tx| {
            Box::pin(async move {
                rooms::put(tx, &room).await?;
                let keys = [TouchKey::Members(iteration), TouchKey::Card(card)];
                crate::store::touches::touch(tx, &keys, now).await
            })
        })
        .await?;
    Ok(Next::AtRest)
}

/// Keeps the wish, tells of it once, and tries again later.
async fn refused(stewards: &Stewards, room: &Room, intent: Intent, why: String) -> Result<Next, StewardError> {
    let wait = WAIT.saturating_mul(2_u32.saturating_pow(room.refusals)).min(LONGEST_WAIT);
    let outcome = arrival(&Outcome::RoomRefused { iteration: room.iteration.clone(), why }, "refused")?;
    let room = Room { state: RoomState::Intended(intent), refusals: room.refusals.saturating_add(1), ..room.clone() };
    // Only the first of these arrivals is new: people are told once.
    stewards.store.observe(vec![outcome], move |tx| Box::pin(async move { rooms::put(tx, &room).await })).await?;
    Ok(Next::At(stewards.clock.now().plus(wait)))
}

async fn put(stewards: &Stewards, room: Room) -> Result<(), StewardError> {
    stewards.store.write(move |tx| Box::pin(async move { rooms::put(tx, &room).await })).await?;
    Ok(())
}

fn arrival(outcome: &Outcome, number: &str) -> Result<Arrival, StewardError> {
    outcome.to_arrival(number).map_err(|cause| StewardError::Broken(cause.to_string()))
}
