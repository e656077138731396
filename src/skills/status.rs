//! `status`: what should run, and what was seen of it.

use serde_json::json;

use super::study::{Call, GatherError, Present, Study, told_age};
use crate::change::{Change, Decision};
use crate::domain::touch::TouchKey;
use crate::policy::Target;
use crate::store::iterations;

/// Answers from the record; nothing outside is asked, so it never waits. What is old is looked at behind.
pub(super) async fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    if call.invocation.has("all") {
        return all(study, call).await;
    }
    let (_, permit, present) = match study.to_read(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let words = study.say(call, "one", &present.facts(study))?;
    Ok(Decision::Changed(refreshing(Change::new(permit).answering(call.reply(words)), study, &present)))
}

async fn all(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let permit = match study.permit(call, &Target::default()) {
        Ok(permit) => permit,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let mut change = Change::new(permit);
    let mut told = Vec::new();
    let known = iterations::all(&mut study.store.reader().await?).await?;
    for iteration in known {
        let words = match study.present(&iteration).await? {
            None => "nothing deployed yet".to_owned(),
            Some(present) => {
                change = refreshing(change, study, &present);
                summary(study, &present)
            }
        };
        told.push(json!({ "name": iteration.key, "told": words }));
    }
    let words = study.say(call, "all", &json!({ "environments": told }))?;
    Ok(Decision::Changed(change.answering(call.reply(words))))
}

/// An environment in one line.
fn summary(study: &Study, present: &Present) -> String {
    let mut words = if present.is_removed() {
        vec!["removed".to_owned()]
    } else {
        let wished = &present.wished.selections;
        let up = wished.values().filter(|selection| present.is_as_wished(selection)).count();
        vec![format!("revision {}", present.wished.number), format!("{up} of {} up", wished.len())]
    };
    words.extend(present.goings());
    words.extend(present.environment.hold.as_ref().filter(|hold| hold.holds_at(study.now)).map(|_| "held".to_owned()));
    words.extend(present.age(study.now).map(|age| format!("seen {} ago", told_age(age))));
    words.join(", ")
}

/// Has the steward look behind the answer, once what was seen is old.
fn refreshing(change: Change, study: &Study, present: &Present) -> Change {
    match present.age(study.now) {
        Some(_) => change.touching(TouchKey::Environment(present.environment.name.clone())),
        None => change,
    }
}
