//! `hold` and `resume`: whether the environment takes anything newer.

use std::collections::BTreeMap;

use serde_json::json;

use crate::change::{Change, Decision, Write};
use crate::domain::hold::Hold;
use crate::domain::record::Record;
use crate::domain::timer::{Timer, TimerKey};
use crate::domain::update::{Told, update};
use crate::ports;
use crate::skills::study::{Call, GatherError, Study};

/// Nothing newer is taken until the hold ends.
pub(in crate::skills) async fn hold(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (_, permit, record) = match study.to_change(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let name = record.environment.name.clone();
    let until = call.invocation.duration("for").map(|span| study.now.plus(span));
    let reason = call.invocation.text("reason").map(|reason| reason.chars().take(200).collect::<String>());
    let facts = json!({
        "name": name,
        "reason": reason.clone().map_or(json!(false), |reason| json!(reason)),
        "until": until.map_or(json!(false), |until| json!(until.to_string())),
    });
    let hold = Hold { by: permit.actor().to_string(), reason, since: study.now, until };
    let timer = until.map(|until| Timer::at(until, study.now, &study.event));
    let words = study.say(call, "held", &facts)?;
    Ok(Decision::Changed(
        Change::new(permit)
            .writing(Write::Environment(record.environment))
            .writing(Write::Hold { environment: name.clone(), hold: Some(hold) })
            .writing(Write::Timer { key: TimerKey::HoldEnds(name), timer })
            .answering(call.reply(words)),
    ))
}

/// Newer versions are taken again, also those that failed or that somebody went back from.
pub(in crate::skills) async fn resume(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (_, permit, record) = match study.to_change(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let name = record.environment.name.clone();
    let facts = json!({
        "name": name,
        "was_held": record.environment.hold.is_some(),
        "changes": newer(study, &record).await,
    });
    let words = study.say(call, "resumed", &facts)?;
    let now = Timer::at(study.now, study.now, &study.event);
    Ok(Decision::Changed(
        Change::new(permit)
            .writing(Write::Hold { environment: name.clone(), hold: None })
            .writing(Write::Refuse { environment: name.clone(), refused: BTreeMap::new() })
            .writing(Write::Timer { key: TimerKey::HoldEnds(name.clone()), timer: None })
            .writing(Write::Timer { key: TimerKey::Update(name), timer: Some(now) })
            .answering(call.reply(words)),
    ))
}

/// What will be taken.
async fn newer(study: &Study, record: &Record) -> Vec<Told> {
    let Some(base) = record.base.as_ref().filter(|_| record.environment.wish.present().is_some()) else {
        return Vec::new();
    };
    let newest = ports::newest(study.source.as_ref(), &study.project.components, base).await;
    update(base, &BTreeMap::new(), &newest).told(base)
}
