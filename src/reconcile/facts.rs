//! What a card tells of, looked up.

use std::sync::Arc;

use super::StewardError;
use super::run::Stewards;
use crate::card::build;
use crate::card::model::Card;
use crate::domain::card::{CardRow, Subject};
use crate::domain::iteration::IterationKey;
use crate::domain::{PersonId, RoomId};
use crate::store::{iterations, members, rooms};

/// The commands that have a handler: a button comes with its skill.
pub type Buttons = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// The card as it should be now, and the room it belongs in; nothing while there is no room.
pub(super) async fn card(stewards: &Stewards, row: &CardRow) -> Result<Option<(RoomId, Card)>, StewardError> {
    match &row.subject {
        Subject::Room(iteration) => room_card(stewards, row, iteration).await,
    }
}

async fn room_card(
    stewards: &Stewards,
    row: &CardRow,
    key: &IterationKey,
) -> Result<Option<(RoomId, Card)>, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let (Some(iteration), Some(room)) =
        (iterations::find(&mut reader, key).await?, rooms::of_iteration(&mut reader, key).await?)
    else {
        return Ok(None);
    };
    let wished = members::of_iteration(&mut reader, key).await?;
    drop(reader);
    let Some(id) = room.id().cloned() else { return Ok(None) };
    let is_there = |member: &&crate::domain::member::Member| member.seen_at.is_some() && member.declined_at.is_none();
    let people = |keep: &dyn Fn(&&crate::domain::member::Member) -> bool| -> Vec<PersonId> {
        wished.iter().filter(|member| member.wanted.is_some()).filter(keep).map(|m| m.person.clone()).collect()
    };
    let not_found = people(&|member| member.invited_at.is_some() && member.seen_at.is_none());
    let commands = (stewards.buttons)();
    let facts = build::room::Facts {
        id: &row.id,
        iteration: &iteration,
        members: &people(&is_there),
        not_found: &not_found,
        commands: &commands.iter().map(String::as_str).collect::<Vec<_>>(),
    };
    let card = build::room::card(&facts, &(stewards.templates)());
    card.map(|card| Some((id, card))).map_err(|cause| StewardError::Broken(cause.to_string()))
}
