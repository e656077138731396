//! `rollback`: the content of an older revision, as a new one. It does not wait for what runs.

use serde_json::json;

use crate::change::Decision;
use crate::domain::Refusal;
use crate::domain::environment::Revision;
use crate::domain::order::{OnCard, Wanted};
use crate::domain::record::Record;
use crate::skills::study::{Call, GatherError, Study};
use crate::store::revisions;

/// Goes back to the revision that is named, else to the last other one that came up whole.
pub(in crate::skills) async fn rollback(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit, record) = match study.to_change(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let refuse = |refusal| {
        let target = study.environment_target(Some(&iteration));
        Ok(Decision::Refused(call.refused(refusal, &target)))
    };
    let older = match older(study, call, &record).await? {
        Ok(older) => older,
        Err(refusal) => return refuse(refusal),
    };
    let card = OnCard::New;
    match study.order((&record, permit), (&call.said, &call.said.line), (Wanted::Content(&older), card)) {
        Ok((change, revision, is_waiting)) => {
            let room = study.room(&iteration).await?;
            let facts = json!({
                "name": iteration.key,
                "older": older.number,
                "revision": revision,
                "other_room": super::other_room(call, room),
                "is_waiting": is_waiting,
            });
            Ok(Decision::Changed(change.answering(call.reply(study.say(call, "going_back", &facts)?))))
        }
        Err(refusal) => refuse(refusal),
    }
}

async fn older(study: &Study, call: &Call, record: &Record) -> Result<Result<Revision, Refusal>, GatherError> {
    let name = &record.environment.name;
    let mut reader = study.store.reader().await?;
    let Some(base) = &record.base else { return Ok(Err(Refusal::NoEnvironment { environment: name.to_string() })) };
    Ok(match call.invocation.integer("revision") {
        Some(number) => revisions::find(&mut reader, name, number).await?.ok_or_else(|| Refusal::UnknownRevision {
            environment: name.to_string(),
            number,
            newest: record.revisions,
        }),
        None => revisions::way_back(&mut reader, name, base.number)
            .await?
            .ok_or_else(|| Refusal::NoWayBack { environment: name.to_string() }),
    })
}
