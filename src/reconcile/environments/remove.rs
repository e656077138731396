//! When nothing should be there any more: everything of ours is ended and removed, and its absence is seen.

use std::time::Duration;

use super::{Ground, Next, Running, StewardError, Stewards, arrival, record};
use crate::domain::spec::{Seen, SeenState};
use crate::event::outcome::Outcome;
use crate::ports::DriverError;
use crate::store::environments;

/// The wait before another try.
const AGAIN: Duration = Duration::from_secs(30);

/// Removes what is there; tells when nothing is, or when it cannot be removed.
pub(super) async fn reconcile(stewards: &Stewards, ground: Ground) -> Result<Next, StewardError> {
    let Ground { mut environment, running, .. } = ground;
    let (name, generation) = (environment.name.clone(), environment.generation);
    let removed = stewards.driver.remove(&name, generation).await;
    let seen = stewards.driver.observe(&name).await?;
    let mut arrivals = Vec::new();
    if let Some(Running { deployment, trace }) = running {
        let tried = Outcome::DeploymentTried { deployment: deployment.id, environment: name.clone() };
        arrivals.push(arrival(&tried)?.following(trace));
    }
    let mut outcomes = Vec::new();
    let is_gone = seen.iter().all(|Seen { state, .. }| *state == SeenState::Missing);
    let next = match removed {
        Ok(()) if is_gone => {
            outcomes.push(Outcome::EnvironmentGone { environment: name, generation });
            Next::AtRest
        }
        // A newer life has begun: whoever began it has it looked at.
        Err(DriverError::Outdated) => return Ok(Next::AtRest),
        Err(DriverError::Stopped) => return Ok(Next::At(stewards.clock.now())),
        Ok(()) => {
            outcomes.push(stuck(name, generation, "it was removed, and something of it still runs"));
            Next::At(stewards.clock.now().plus(AGAIN))
        }
        Err(cause @ (DriverError::Failed { .. } | DriverError::Busy { .. })) => {
            outcomes.push(stuck(name, generation, &cause.to_string()));
            Next::At(stewards.clock.now().plus(AGAIN))
        }
    };
    for outcome in &outcomes {
        arrivals.push(arrival(outcome)?);
    }
    record(stewards, &mut environment, seen, arrivals).await?;
    if next == Next::AtRest
        && let Some(home) = environment.home
    {
        // Nothing is left here: its next life may be anywhere.
        let name = environment.name;
        let left =
            stewards.store.write(move |tx| Box::pin(async move { environments::unsettle(tx, &name, &home).await }));
        left.await?;
    }
    Ok(next)
}

fn stuck(environment: crate::domain::spec::EnvironmentName, generation: i64, why: &str) -> Outcome {
    Outcome::RemovalStuck { environment, generation, why: why.to_owned() }
}
