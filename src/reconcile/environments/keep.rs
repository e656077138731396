//! While no deployment runs: what ended by itself is started again, what was changed is told.

use super::plan::{Upkeep, Wished};
use super::{Ground, Next, StewardError, Stewards, arrival, note, record};
use crate::domain::Timestamp;
use crate::domain::component::ComponentName;
use crate::domain::environment::{Environment, Revision};
use crate::domain::repair::{NextTry, Repair, next_try};
use crate::domain::spec::ComponentSpec;
use crate::event::outcome::{Outcome, RepairEnd};
use crate::ports::{DriverError, Progress};

/// Nobody hears of the stages of a repair.
struct Unheard;

impl Progress for Unheard {
    fn stage(&self, _: &'static str) {}
}

/// Looks, mends what is down, and tells a reaction of the rest.
pub(super) async fn reconcile(stewards: &Stewards, ground: Ground, revision: &Revision) -> Result<Next, StewardError> {
    let Ground { mut environment, last, .. } = ground;
    let now = stewards.clock.now();
    let seen = stewards.driver.observe(&environment.name).await?;
    let wished = Wished { project: &stewards.project, environment: &environment, revision };
    let keeps = wished.keeping(last.as_ref(), &seen, now);
    note(&mut environment, seen);
    let mut look_at = now.plus(stewards.check_every);
    let mut outcomes = Vec::new();
    let mut drifted = Vec::new();
    for (component, keep) in keeps {
        match keep {
            Upkeep::Well => {}
            Upkeep::LookAt(due) => look_at = look_at.min(due),
            Upkeep::Drifted => drifted.push(component),
            Upkeep::LeftDown => outcomes.push(left_down(&environment, component)),
            Upkeep::GivenUp(repair) => outcomes.push(repaired(&environment, component, (repair, RepairEnd::GivenUp))),
            Upkeep::Stray => stewards.driver.end(&environment.name, environment.generation, &component).await?,
            Upkeep::Repair(spec, repair) => match mend(stewards, &mut environment, (&spec, repair)).await? {
                Some((end, due)) => {
                    outcomes.push(repaired(&environment, component, (repair, end)));
                    look_at = look_at.min(due);
                }
                None => return Ok(Next::At(stewards.clock.now())),
            },
        }
    }
    if !drifted.is_empty() {
        let (name, observation) = (environment.name.clone(), environment.observation);
        outcomes.push(Outcome::Drifted { environment: name, observation, components: drifted });
    }
    let seen = stewards.driver.observe(&environment.name).await?;
    let outcomes = outcomes.iter().map(arrival).collect::<Result<_, _>>()?;
    record(stewards, &mut environment, seen, outcomes).await?;
    Ok(Next::At(look_at))
}

/// Starts a component again. The try is written down first, so that tries are counted however we end. Gives how it
/// went, and when to look again; nothing when the house closes.
async fn mend(
    stewards: &Stewards,
    environment: &mut Environment,
    (spec, repair): (&ComponentSpec, Repair),
) -> Result<Option<(RepairEnd, Timestamp)>, StewardError> {
    environment.repairs.insert(spec.component.clone(), repair);
    environment.seen_at = None;
    let seen = environment.seen.clone();
    record(stewards, environment, seen, Vec::new()).await?;
    let after = stewards.clock.now().plus(stewards.check_every);
    match stewards.driver.bring(spec, &Unheard, &stewards.stop).await {
        Ok(()) => Ok(Some((RepairEnd::Up, after))),
        Err(DriverError::Stopped | DriverError::Outdated) => Ok(None),
        Err(DriverError::Failed { stage, why, .. }) => {
            let now = stewards.clock.now();
            Ok(Some(match next_try(Some(&repair), now) {
                NextTry::At(due) => (RepairEnd::Down { why: format!("{stage}: {why}") }, due),
                NextTry::Now(_) => (RepairEnd::Down { why: format!("{stage}: {why}") }, now),
                NextTry::GiveUp => (RepairEnd::GivenUp, after),
            }))
        }
        Err(busy @ DriverError::Busy { .. }) => Err(busy.into()),
    }
}

fn repaired(environment: &Environment, component: ComponentName, (repair, end): (Repair, RepairEnd)) -> Outcome {
    Outcome::Repaired { environment: environment.name.clone(), component, since: repair.since, end }
}

fn left_down(environment: &Environment, component: ComponentName) -> Outcome {
    let (name, observation) = (environment.name.clone(), environment.observation);
    Outcome::LeftDown { environment: name, observation, component }
}
