//! `iteration add` and `iteration remove`: who is wanted in a room by somebody's word.

use serde_json::{Value, json};

use crate::change::{Change, Decision, Write};
use crate::domain::Refusal;
use crate::domain::member::Because;
use crate::domain::room::Room;
use crate::domain::touch::TouchKey;
use crate::skills::study::{Call, GatherError, Study};
use crate::store::{members, rooms};

/// Wants a person in a room.
pub(in crate::skills) async fn add(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_iteration(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let person = match study.person(call, "person") {
        Ok(person) => person,
        Err(refusal) => return Ok(Decision::Refused(call.refused(refusal, &study.target(Some(&iteration))))),
    };
    let room = rooms::of_iteration(&mut study.store.reader().await?, &iteration.key).await?;
    let room = room.as_ref().and_then(Room::id).map_or(Value::Bool(false), |id| json!(id));
    let words = study.say(call, "added", &json!({ "person": person.id, "name": iteration.name, "room": room }))?;
    let key = iteration.key;
    let change = Change::new(permit)
        .writing(Write::Want { iteration: key.clone(), person: person.id.clone(), because: Because::Added })
        .touching(TouchKey::Members(key))
        .answering(call.reply(words));
    Ok(Decision::Changed(change))
}

/// Wants a person in a room no more.
pub(in crate::skills) async fn remove(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_iteration(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let target = study.target(Some(&iteration));
    let person = match study.person(call, "person") {
        Ok(person) => person,
        Err(refusal) => return Ok(Decision::Refused(call.refused(refusal, &target))),
    };
    let members = members::of_iteration(&mut study.store.reader().await?, &iteration.key).await?;
    let wanted = members.iter().find(|member| member.person == person.id).and_then(|member| member.wanted);
    let (name, key) = (person.name.clone(), iteration.key.to_string());
    let refusal = match wanted {
        None => Some(Refusal::NoMember { name, iteration: key }),
        Some(Because::Owner) => Some(Refusal::OwnerStays { name, iteration: key }),
        Some(Because::Added) => None,
    };
    if let Some(refusal) = refusal {
        return Ok(Decision::Refused(call.refused(refusal, &target)));
    }
    let words = study.say(call, "removed", &json!({ "person": person.id, "name": iteration.name }))?;
    let key = iteration.key;
    let change = Change::new(permit)
        .writing(Write::Unwant { iteration: key.clone(), person: person.id.clone() })
        .touching(TouchKey::Members(key))
        .answering(call.reply(words));
    Ok(Decision::Changed(change))
}
