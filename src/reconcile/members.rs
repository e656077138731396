//! Members: brings in who is wanted, takes out whom we brought, and lets people be.

use super::run::Stewards;
use super::{Next, StewardError};
use crate::domain::card::CardRow;
use crate::domain::iteration::IterationKey;
use crate::domain::member::{Member, MemberStep};
use crate::domain::room::Standing;
use crate::domain::touch::TouchKey;
use crate::domain::{PersonId, RoomId};
use crate::ports::{ChatAdapter, ChatError, RoomChange, RoomSeen, within};
use crate::store::{members, rooms, touches};

/// Brings the room's members in step with the wish.
pub(super) async fn reconcile(stewards: &Stewards, key: &IterationKey) -> Result<Next, StewardError> {
    let mut reader = stewards.store.reader().await?;
    // Before the wish is read: what is touched later is looked at anew.
    let touch = touches::version(&mut reader, &TouchKey::Members(key.clone())).await?;
    let Some(room) = rooms::of_iteration(&mut reader, key).await? else { return Ok(Next::AtRest) };
    let wished = members::of_iteration(&mut reader, key).await?;
    drop(reader);
    // Not open yet: the steward of the room touches us when it is.
    let Some(id) = room.open() else { return Ok(Next::AtRest) };
    let chat = stewards.chat(&room.chat)?.clone();
    let before = within(chat.look_at(id)).await?;
    if before.standing != Standing::Open {
        return hidden(stewards, key).await;
    }
    invite(stewards, key, (chat.as_ref(), id), people_to(MemberStep::Invite, &wished, &before)).await?;
    for person in people_to(MemberStep::Remove, &wished, &before) {
        within(chat.change_room(id, &RoomChange::Remove(person))).await?;
    }
    let after = within(chat.look_at(id)).await?;
    if after.standing != Standing::Open {
        return hidden(stewards, key).await;
    }
    record(stewards, key, (wished, touch), &after).await?;
    Ok(Next::AtRest)
}

/// Who is in a room that we cannot see is not known: nobody has left it.
async fn hidden(stewards: &Stewards, key: &IterationKey) -> Result<Next, StewardError> {
    touch(stewards, TouchKey::Room(key.clone())).await?;
    Ok(Next::AtRest)
}

/// Brings people in. That it is our doing is written down before: the answer may be lost.
async fn invite(
    stewards: &Stewards,
    key: &IterationKey,
    (chat, room): (&dyn ChatAdapter, &RoomId),
    people: Vec<PersonId>,
) -> Result<(), StewardError> {
    if people.is_empty() {
        return Ok(());
    }
    let (iteration, invited, now) = (key.clone(), people.clone(), stewards.clock.now());
    let written =
        stewards.store.write(move |tx| Box::pin(async move { members::invited(tx, &iteration, &invited, now).await }));
    written.await?;
    match within(chat.change_room(room, &RoomChange::Invite(people))).await {
        Ok(()) => Ok(()),
        // The card lists them; they come in when the config learns their account.
        Err(ChatError::Unreached(people)) => {
            tracing::warn!(?people, "not found in the chat");
            touch(stewards, TouchKey::Card(CardRow::of_room(key.clone()).id)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn touch(stewards: &Stewards, key: TouchKey) -> Result<(), StewardError> {
    let now = stewards.clock.now();
    let touched =
        stewards.store.observe(Vec::new(), move |tx| Box::pin(async move { touches::touch(tx, &[key], now).await }));
    Ok(touched.await?)
}

fn people_to(step: MemberStep, wished: &[Member], seen: &RoomSeen) -> Vec<PersonId> {
    let fits = |member: &&Member| member.step(seen.members.contains(&member.person)) == step;
    wished.iter().filter(fits).map(|member| member.person.clone()).collect()
}

/// Writes down what was seen; what did not change writes nothing. Nor is anything written when the key was touched since
/// `touch`: people have said something else meanwhile, or the room was shut and opened again, and the next look, which
/// is due already, tells what is so now.
async fn record(
    stewards: &Stewards,
    key: &IterationKey,
    (wished, touch): (Vec<Member>, Option<i64>),
    seen: &RoomSeen,
) -> Result<(), StewardError> {
    let now = stewards.clock.now();
    let mut changed = Vec::new();
    for member in wished {
        let mut new = member.clone();
        let is_in = seen.members.contains(&member.person);
        match new.step(is_in) {
            MemberStep::Seen => new.seen_at = Some(now),
            MemberStep::Declined => new.declined_at = Some(now),
            MemberStep::Nothing | MemberStep::Invite | MemberStep::Remove | MemberStep::Forget => {}
        }
        let is_over = new.step(is_in) == MemberStep::Forget;
        if new != member || is_over {
            changed.push((new, is_over));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let (card, own) = (TouchKey::Card(CardRow::of_room(key.clone()).id), TouchKey::Members(key.clone()));
    let written = stewards.store.observe(Vec::new(), move |tx| {
        Box::pin(async move {
            if !touches::is_at(tx, &own, touch).await? {
                return Ok(());
            }
            for (member, is_over) in &changed {
                if *is_over { members::forget(tx, member).await? } else { members::saw(tx, member).await? }
            }
            touches::touch(tx, &[card], now).await
        })
    });
    Ok(written.await?)
}
