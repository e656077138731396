//! `env move`: an environment whose machine is lost is brought up on another one.

use serde_json::json;

use crate::change::{Change, Decision, Write};
use crate::domain::Refusal;
use crate::domain::environment::{Environment, Wish};
use crate::domain::iteration::Iteration;
use crate::domain::order::{OnCard, Wanted};
use crate::domain::record::Record;
use crate::domain::touch::TouchKey;
use crate::policy::Permit;
use crate::skills::study::{Call, GatherError, Study, or_false};
use crate::store::homes;

/// Lets the environment leave its lost home; whoever looks at it next takes it in.
pub(in crate::skills) async fn r#move(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_environment(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let refuse = |refusal| Decision::Refused(call.refused(refusal, &study.environment_target(Some(&iteration))));
    let record = study.record(&iteration).await?;
    let machine = match machine(study, &record.environment).await? {
        Ok(machine) => machine,
        Err(refusal) => return Ok(refuse(refusal)),
    };
    let change = match moved(study, (call, &iteration), (record, permit)) {
        Ok(change) => change,
        Err(refusal) => return Ok(refuse(refusal)),
    };
    let (change, revision) = change;
    let facts = json!({ "name": iteration.key, "machine": machine, "revision": or_false(revision) });
    let words = study.say(call, "moving", &facts)?;
    Ok(Decision::Changed(change.answering(call.reply(words))))
}

/// The machine that is lost, or why there is nothing to move.
async fn machine(study: &Study, environment: &Environment) -> Result<Result<String, Refusal>, GatherError> {
    let name = environment.name.to_string();
    let Some(home) = environment.home.as_ref().filter(|_| environment.wish != Wish::Undecided) else {
        return Ok(Err(Refusal::NoEnvironment { environment: name }));
    };
    let found = homes::find(&mut study.store.reader().await?, home).await?;
    let machine = found.map_or_else(|| home.to_string(), |found| found.machine);
    Ok(if environment.lost_at.is_some() { Ok(machine) } else { Err(Refusal::NotLost { environment: name, machine }) })
}

/// What leaving writes, and the revision that is brought up elsewhere. A deployment under way goes on there by itself;
/// else what is wished is deployed once more, so that its story is told.
fn moved(
    study: &Study,
    (call, iteration): (&Call, &Iteration),
    (mut record, permit): (Record, Permit),
) -> Result<(Change, Option<i64>), Refusal> {
    let name = record.environment.name.clone();
    record.environment.generation += 1;
    let leaving = Write::LeaveHome { environment: name.clone(), generation: record.environment.generation };
    let wished = record.environment.wish.present();
    let base = record.base.clone().filter(|_| wished.is_some() && record.running.is_none());
    let change = match &base {
        Some(base) => {
            let why = format!("env move {}", iteration.key);
            let placed = study.place((&record, &permit), (&call.said, &why), (Wanted::Again(base), OnCard::New))?;
            Change::new(permit).writing(leaving).ordering(placed)
        }
        None => Change::new(permit).writing(leaving).touching(TouchKey::Environment(name)),
    };
    let cards = record.running.iter().map(|running| TouchKey::Card(running.card.clone()));
    Ok((cards.fold(change, Change::touching), wished))
}
