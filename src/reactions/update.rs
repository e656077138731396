//! What an environment takes by itself, when it is time to look.

use serde_json::{Value, json};

use super::ground::line;
use super::{Ground, ReactionError};
use crate::change::{Change, Decision, Why, Write};
use crate::domain::deployment::{Cause, Deployment};
use crate::domain::environment::{Revision, Selection};
use crate::domain::iteration::{IterationKey, Phase};
use crate::domain::order::{self, OnCard, Order, Wanted};
use crate::domain::record::Record;
use crate::domain::spec::EnvironmentName;
use crate::domain::timer::{Timer, TimerKey};
use crate::domain::update::{Told, Update, update};
use crate::ports;
use crate::store::record;

/// Takes what is newer. What a person has waiting goes first: when that has ended, it is looked again.
pub(super) async fn due(ground: &Ground, name: &EnvironmentName) -> Result<Decision, ReactionError> {
    let nothing = Ok(Decision::Nothing(Why::Empty));
    let Some(iteration) = ground.iteration(name).await? else { return nothing };
    let record = record::read(&mut ground.store.reader().await?, &iteration.key).await?;
    let is_held = record.environment.hold.as_ref().is_some_and(|hold| hold.holds_at(ground.now));
    let may_be = iteration.phase == Phase::Active && record.environment.wish.present().is_some();
    let (Some(base), Some(last), true) = (&record.base, &record.last, may_be && !is_held && !record.has_persons_turn())
    else {
        return nothing;
    };
    let update = newer(ground, &record, base).await;
    let Ok(permit) = ground.permit("update", "update", name.as_str()) else { return nothing };
    if update.changes.is_empty() {
        return nothing;
    }
    let components = ground.project.component_names();
    let order = Order {
        why: format!("update: {}", update.told(base).iter().map(Told::to_string).collect::<Vec<_>>().join(", ")),
        wanted: Wanted::Differences { changes: update.changes.clone(), defaults: &[] },
        cause: Cause::Update,
        by: &permit.actor().clone(),
        origin: None,
        asked_in: last.asked_in.clone(),
        card: OnCard::Last,
        event: &ground.event,
        now: ground.now,
    };
    let Ok(placed) = order::place(&record, &components, &order) else { return nothing };
    let mut change = Change::new(permit).ordering(placed);
    if !update.gone.is_empty()
        && let Some(room) = ground.room(name).await?
    {
        let words = ground.words("updates", "gone", &json!({ "name": name, "components": gone(&update) }))?;
        change = change.answering(line(room, words));
    }
    Ok(Decision::Changed(change))
}

/// The hold is over: what came in between is told, and taken.
pub(super) async fn hold_ends(ground: &Ground, name: &EnvironmentName) -> Result<Decision, ReactionError> {
    let nothing = Ok(Decision::Nothing(Why::Empty));
    let record = record::read(&mut ground.store.reader().await?, &IterationKey::new(name.as_str())).await?;
    let is_over = record.environment.hold.as_ref().is_some_and(|hold| !hold.holds_at(ground.now));
    let (true, Ok(permit)) = (is_over, ground.permit("hold", "update", name.as_str())) else { return nothing };
    let update = match &record.base {
        Some(base) => newer(ground, &record, base).await,
        None => Update::default(),
    };
    let key = TimerKey::Update(name.clone());
    let timer = Some(Timer::at(ground.now, ground.now, &ground.event));
    let mut change = Change::new(permit)
        .writing(Write::Hold { environment: name.clone(), hold: None })
        .writing(Write::Timer { key, timer });
    if let (Some(room), Some(base)) = (ground.room(name).await?, &record.base) {
        let facts = json!({ "name": name, "changes": update.told(base) });
        change = change.answering(line(room, ground.words("updates", "hold_over", &facts)?));
    }
    Ok(Decision::Changed(change))
}

async fn newer(ground: &Ground, record: &Record, base: &Revision) -> Update {
    let newest = ports::newest(ground.source.as_ref(), &ground.project.components, base).await;
    update(base, &record.environment.refused, &newest)
}

/// The changes of an update that has come through, as a line tells them.
pub(super) fn told(base: Option<&Revision>, revision: &Revision, deployment: &Deployment) -> Value {
    let from = |selection: &Selection| {
        let before = base.and_then(|base| base.selections.get(&selection.artifact.component));
        before.filter(|before| *before != selection).map(|before| Told::of(before, selection))
    };
    let changes: Vec<Told> = revision.selections.values().filter_map(from).collect();
    json!({ "name": deployment.environment, "revision": revision.number, "changes": changes })
}

fn gone(update: &Update) -> Vec<Value> {
    let one = |(component, branch)| {
        let to = update.changes.get(component).map(Selection::told);
        json!({ "component": component, "branch": branch, "to": to })
    };
    update.gone.iter().map(one).collect()
}
