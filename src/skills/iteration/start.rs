//! `iteration start`: the iteration, the wish for its room, its members and its card.

use serde_json::json;

use crate::change::{Change, Decision, Write};
use crate::domain::card::CardRow;
use crate::domain::iteration::{self, Grounds, Iteration, IterationKey, Start};
use crate::domain::member::Because;
use crate::domain::room::Room;
use crate::domain::touch::TouchKey;
use crate::domain::{PersonId, Refusal, Timestamp};
use crate::policy::{Permit, Target};
use crate::skills::study::{Call, GatherError, Study};
use crate::store::iterations;

/// Starts an iteration.
pub(in crate::skills) async fn start(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let name = call.invocation.text("name").unwrap_or_default();
    let taken_by = match IterationKey::of_name(name) {
        Some(key) => iterations::find(&mut study.store.reader().await?, &key).await?,
        None => None,
    };
    decide(study, call, taken_by.as_ref(), study.now)
}

fn decide(study: &Study, call: &Call, taken_by: Option<&Iteration>, now: Timestamp) -> Result<Decision, GatherError> {
    let name = call.invocation.text("name").unwrap_or_default();
    let key = IterationKey::of_name(name).map(|key| key.to_string());
    let target = Target { name: key, ..study.target(None) };
    let permit = match study.permit(call, &target) {
        Ok(permit) => permit,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let Some(owner) = call.actor.person().cloned() else {
        let refusal = Refusal::Stranger { account: call.actor.to_string() };
        return Ok(Decision::Refused(call.refused(refusal, &target)));
    };
    let wish = Start {
        name: name.to_owned(),
        goal: call.invocation.text("goal").map(str::to_owned),
        lasts: call.invocation.duration("for"),
        owner: owner.clone(),
        asked_in: call.said.room.clone(),
    };
    let grounds = Grounds { project: &study.project.name, chat: &study.room_chat, taken_by, now };
    match iteration::start(wish, &grounds) {
        Ok((iteration, room)) => Ok(Decision::Changed(started(study, call, permit, (iteration, room, owner))?)),
        Err(refusal) => Ok(Decision::Refused(call.refused(refusal, &target))),
    }
}

fn started(
    study: &Study,
    call: &Call,
    permit: Permit,
    (iteration, room, owner): (Iteration, Room, PersonId),
) -> Result<Change, GatherError> {
    let key = iteration.key.clone();
    let words = study.say(call, "started", &json!({ "name": iteration.name, "key": key }))?;
    Ok(Change::new(permit)
        .writing(Write::Iteration(iteration))
        .writing(Write::Room(room))
        .writing(Write::Want { iteration: key.clone(), person: owner, because: Because::Owner })
        .writing(Write::Card(CardRow::of_room(key.clone())))
        .touching(TouchKey::Room(key))
        .answering(call.reply(words)))
}
