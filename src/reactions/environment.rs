//! What follows from how an environment was seen: drift is put back, and people are told what happened by itself.

use serde_json::json;

use super::ground::line;
use super::{Ground, ReactionError};
use crate::change::{Change, Decision, Why};
use crate::domain::HomeId;
use crate::domain::component::ComponentName;
use crate::domain::deployment::Cause;
use crate::domain::iteration::{IterationKey, Phase};
use crate::domain::marked::Marked;
use crate::domain::order::{self, OnCard, Order, Wanted};
use crate::domain::spec::EnvironmentName;
use crate::event::outcome::RepairEnd;
use crate::store::{environments, homes, record};

/// Puts back what was changed from outside, with one line in the room. What runs or waits settles it anyway.
pub(super) async fn drifted(
    ground: &Ground,
    name: &EnvironmentName,
    components: &[ComponentName],
) -> Result<Decision, ReactionError> {
    let nothing = Ok(Decision::Nothing(Why::Empty));
    let Some(iteration) = ground.iteration(name).await? else { return nothing };
    let record = record::read(&mut ground.store.reader().await?, &iteration.key).await?;
    let is_busy = record.running.is_some() || record.queued.is_some();
    let may_be = iteration.phase == Phase::Active && record.environment.wish.present().is_some() && !is_busy;
    let (Some(wished), Some(last), true) = (&record.base, &record.last, may_be) else { return nothing };
    let Ok(permit) = ground.permit("drift", "mend", name.as_str()) else { return nothing };
    let order = Order {
        wanted: Wanted::Again(wished),
        cause: Cause::Drift,
        by: &permit.actor().clone(),
        why: "drift".to_owned(),
        origin: None,
        asked_in: last.asked_in.clone(),
        card: OnCard::Last,
        event: &ground.event,
        now: ground.now,
    };
    let Ok(placed) = order::place(&record, &ground.project.component_names(), &order) else { return nothing };
    let mut change = Change::new(permit).ordering(placed);
    if let Some(room) = ground.room(name).await? {
        let told: Vec<&str> = components.iter().map(ComponentName::as_str).collect();
        let facts = json!({ "name": name, "components": told, "revision": wished.number });
        change = change.answering(line(room, ground.words("env", "drifted", &facts)?));
    }
    Ok(Decision::Changed(change))
}

/// Tells what came of starting a component again.
pub(super) async fn repaired(
    ground: &Ground,
    (name, component): (&EnvironmentName, &ComponentName),
    end: &RepairEnd,
) -> Result<Decision, ReactionError> {
    let facts = json!({ "name": name, "component": component });
    let words = match end {
        RepairEnd::Up => ground.words("env", "repaired", &facts)?,
        RepairEnd::GivenUp => ground.words("env", "given_up", &facts)?,
        RepairEnd::Down { why } => {
            let facts = json!({ "name": name, "component": component, "why": why });
            ground.words("env", "still_down", &facts)?
        }
    };
    tell(ground, name, words).await
}

/// Tells that something ended which is nobody's wish.
pub(super) async fn left_down(
    ground: &Ground,
    (name, component): (&EnvironmentName, &ComponentName),
) -> Result<Decision, ReactionError> {
    let words = ground.words("env", "left_down", &json!({ "name": name, "component": component }))?;
    tell(ground, name, words).await
}

/// Tells that nothing is left; not any more when it has come back meanwhile.
pub(super) async fn gone(ground: &Ground, name: &EnvironmentName, generation: i64) -> Result<Decision, ReactionError> {
    let environment = environments::find(&mut ground.store.reader().await?, name).await?;
    let last = environment.filter(|environment| environment.generation == generation);
    let Some(revision) = last.and_then(|environment| environment.wish.last()) else {
        return Ok(Decision::Nothing(Why::Empty));
    };
    let words = ground.words("env", "gone", &json!({ "name": name, "revision": revision }))?;
    tell(ground, name, words).await
}

/// Tells that something is in the way of a removal.
pub(super) async fn stuck(ground: &Ground, name: &EnvironmentName, why: &str) -> Result<Decision, ReactionError> {
    let words = ground.words("env", "stuck", &json!({ "name": name, "why": why }))?;
    tell(ground, name, words).await
}

/// Tells that nothing is known of what runs on a machine, unless it is known again by now.
pub(super) async fn home_lost(
    ground: &Ground,
    name: &EnvironmentName,
    home: &HomeId,
) -> Result<Decision, ReactionError> {
    let mut reader = ground.store.reader().await?;
    let environment = environments::find(&mut reader, name).await?;
    let is_lost = environment.is_some_and(|now| now.home.as_ref() == Some(home) && now.lost_at.is_some());
    let found = homes::find(&mut reader, home).await?.filter(|_| is_lost);
    drop(reader);
    let Some(found) = found else { return Ok(Decision::Nothing(Why::Empty)) };
    let since = found.gone_at().unwrap_or(ground.now).to_string();
    let facts = json!({ "name": name, "machine": found.machine, "since": since });
    let words = ground.words("env", "lost", &facts)?;
    tell(ground, name, words).await
}

/// Tells that it is known again how an environment stands.
pub(super) async fn home_back(
    ground: &Ground,
    name: &EnvironmentName,
    home: &HomeId,
) -> Result<Decision, ReactionError> {
    let found = homes::find(&mut ground.store.reader().await?, home).await?;
    let Some(found) = found else { return Ok(Decision::Nothing(Why::Empty)) };
    let words = ground.words("env", "back", &json!({ "name": name, "machine": found.machine }))?;
    tell(ground, name, words).await
}

async fn tell(ground: &Ground, name: &EnvironmentName, words: Marked) -> Result<Decision, ReactionError> {
    let permit = ground.permit("environment", "tell", IterationKey::new(name.as_str()).as_str());
    let (Some(room), Ok(permit)) = (ground.room(name).await?, permit) else {
        return Ok(Decision::Nothing(Why::Empty));
    };
    Ok(Decision::Changed(Change::new(permit).answering(line(room, words))))
}
