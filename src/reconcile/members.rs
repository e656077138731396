//! Members: brings in who is wanted, takes out whom we brought, and lets people be.

use super::run::Stewards;
use super::{Next, StewardError};
use crate::domain::PersonId;
use crate::domain::card::CardRow;
use crate::domain::iteration::IterationKey;
use crate::domain::member::{Member, MemberStep};
use crate::domain::room::Standing;
use crate::domain::touch::TouchKey;
use crate::ports::{ChatError, RoomChange, RoomSeen, within};
use crate::store::{members, rooms, touches};

/// Brings the room's members in step with the wish.
pub(super) async fn reconcile(stewards: &Stewards, key: &IterationKey) -> Result<Next, StewardError> {
    let mut reader = stewards.store.reader().await?;
    let Some(room) = rooms::of_iteration(&mut reader, key).await? else { return Ok(Next::AtRest) };
    let wished = members::of_iteration(&mut reader, key).await?;
    drop(reader);
    // Not open yet: the steward of the room touches us when it is.
    let Some(id) = room.open() else { return Ok(Next::AtRest) };
    let chat = stewards.chat(&room.chat)?.clone();
    let before = within(chat.look_at(id)).await?;
    if before.standing != Standing::Open {
        // Who is in a room that we cannot see is not known: nobody has left it.
        touch_room(stewards, key).await?;
        return Ok(Next::AtRest);
    }
    let to_invite = people_to(MemberStep::Invite, &wished, &before);
    if !to_invite.is_empty() {
        match within(chat.change_room(id, &RoomChange::Invite(to_invite.clone()))).await {
            Ok(()) => {}
            // The card lists them; they come in when the config learns their account.
            Err(ChatError::Unreached(people)) => tracing::warn!(?people, "not found in the chat"),
            Err(other) => return Err(other.into()),
        }
    }
    for person in people_to(MemberStep::Remove, &wished, &before) {
        within(chat.change_room(id, &RoomChange::Remove(person))).await?;
    }
    let after = within(chat.look_at(id)).await?;
    record(stewards, key, wished, (&to_invite, &after)).await?;
    Ok(Next::AtRest)
}

async fn touch_room(stewards: &Stewards, key: &IterationKey) -> Result<(), StewardError> {
    let (room, now) = (TouchKey::Room(key.clone()), stewards.clock.now());
    let touched =
        stewards.store.observe(Vec::new(), move |tx| Box::pin(async move { touches::touch(tx, &[room], now).await }));
    Ok(touched.await?)
}

fn people_to(step: MemberStep, wished: &[Member], seen: &RoomSeen) -> Vec<PersonId> {
    let fits = |member: &&Member| member.step(seen.members.contains(&member.person)) == step;
    wished.iter().filter(fits).map(|member| member.person.clone()).collect()
}

/// Writes down what was seen; what did not change writes nothing.
async fn record(
    stewards: &Stewards,
    key: &IterationKey,
    wished: Vec<Member>,
    (invited, seen): (&[PersonId], &RoomSeen),
) -> Result<(), StewardError> {
    let now = stewards.clock.now();
    let mut changed = Vec::new();
    for member in wished {
        let mut new = member.clone();
        if invited.contains(&member.person) {
            new.invited_at = new.invited_at.or(Some(now));
        }
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
    let card = TouchKey::Card(CardRow::of_room(key.clone()).id);
    let written = stewards.store.observe(Vec::new(), move |tx| {
        Box::pin(async move {
            for (member, is_over) in &changed {
                if *is_over { members::forget(tx, member).await? } else { members::put(tx, member).await? }
            }
            touches::touch(tx, &[card], now).await
        })
    });
    Ok(written.await?)
}
