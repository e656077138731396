//! `env destroy`: nothing should be there any more. It does not wait for what runs.

use serde_json::json;

use crate::change::{Change, Decision, Write};
use crate::domain::Refusal;
use crate::domain::environment::Wish;
use crate::domain::record::Record;
use crate::domain::timer::TimerKey;
use crate::domain::touch::TouchKey;
use crate::policy::Permit;
use crate::skills::study::{Call, GatherError, Study};

/// Removes the environment, once its name was typed out.
pub(in crate::skills) async fn destroy(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    let (iteration, permit) = match study.on_environment(call).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Decision::Refused(refused)),
    };
    let record = study.record(&iteration).await?;
    let name = record.environment.name.to_string();
    let refusal = match (record.environment.wish, call.invocation.text("environment")) {
        (Wish::Undecided, _) => Some(Refusal::NoEnvironment { environment: name }),
        (Wish::Absent { .. }, _) => Some(Refusal::AlreadyGone { environment: name }),
        (Wish::Present(_), typed) if typed != Some(name.as_str()) => {
            let components = study.project.component_names().iter().map(ToString::to_string).collect();
            Some(Refusal::NotConfirmed { environment: name, components })
        }
        (Wish::Present(_), _) => None,
    };
    if let Some(refusal) = refusal {
        return Ok(Decision::Refused(call.refused(refusal, &study.environment_target(Some(&iteration)))));
    }
    let facts = json!({ "name": iteration.key, "revision": record.environment.wish.last() });
    let words = study.say(call, "destroying", &facts)?;
    Ok(Decision::Changed(removed(permit, &record, study).answering(call.reply(words))))
}

/// The wish for nothing begins a new life: whatever was on its way for the old one comes too late.
fn removed(permit: Permit, record: &Record, study: &Study) -> Change {
    let environment = &record.environment;
    let (name, by) = (environment.name.clone(), permit.actor().to_string());
    let wish = Wish::Absent { last: environment.wish.last().unwrap_or_default() };
    let mut change = Change::new(permit)
        .writing(Write::Wish { environment: name.clone(), wish, generation: environment.generation + 1 })
        .writing(Write::Timer { key: TimerKey::Update(name.clone()), timer: None })
        .touching(TouchKey::Environment(name));
    let running = [record.queued.clone(), record.running.clone()].into_iter().flatten();
    for moved in running.filter_map(|deployment| deployment.called_off(&by, study.now)) {
        change = change.moving(moved);
    }
    let cards = record.last.iter().map(|last| &last.card).chain(record.open_card.iter().map(|open| &open.id));
    cards.fold(change, |change, card| change.touching(TouchKey::Card(card.clone())))
}
