//! `cancel`: what runs and what waits is called off.

use serde_json::json;

use crate::change::{Change, Decision};
use crate::domain::Refusal;
use crate::domain::deployment::Moved;
use crate::domain::record::Record;
use crate::policy::Permit;
use crate::skills::study::{Call, GatherError, Study};

/// Calls off what runs, and what waits behind it.
pub(in crate::skills) async fn cancel(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_environment(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let record = study.record(&iteration).await?;
    let moved = called_off(&record, &permit, study);
    if moved.is_empty() {
        let refusal = Refusal::NothingToCancel { environment: iteration.key.to_string() };
        return Ok(Decision::Refused(call.refused(refusal, &study.environment_target(Some(&iteration)))));
    }
    let revisions: Vec<i64> = moved.iter().map(|moved| moved.deployment.revision).collect();
    let is_running = moved.iter().any(|moved| moved.deployment.ended_at.is_none());
    let facts = json!({ "name": iteration.key, "revisions": revisions, "is_running": is_running });
    let words = study.say(call, "cancelled", &facts)?;
    let change = moved.into_iter().fold(Change::new(permit), Change::moving);
    Ok(Decision::Changed(change.answering(call.reply(words))))
}

fn called_off(record: &Record, permit: &Permit, study: &Study) -> Vec<Moved> {
    let by = permit.actor().to_string();
    let all = [record.queued.clone(), record.running.clone()];
    all.into_iter().flatten().filter_map(|deployment| deployment.called_off(&by, study.now)).collect()
}
