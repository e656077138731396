//! Homes: an environment that belongs to a machine runs where it settled, and only who lives there looks at it. When
//! nobody hears of that machine any more, others tell so; what runs there is not guessed.

use super::run::Stewards;
use super::{StewardError, arrival};
use crate::domain::HomeId;
use crate::domain::deployment::{Deployment, DeploymentState};
use crate::domain::environment::Environment;
use crate::domain::spec::EnvironmentName;
use crate::event::outcome::Outcome;
use crate::ports::DriverError;
use crate::store::environments;

/// Whose it is to look at an environment.
pub(super) enum Whose {
    /// Ours.
    Ours,
    /// Nobody's for now: its home is lost.
    Lost(HomeId),
}

/// Whose an environment is; one that is nowhere settles here. Only who may look asks: what is at home elsewhere is in
/// reach only when that home is lost.
pub(super) async fn whose(stewards: &Stewards, environment: &mut Environment) -> Result<Whose, StewardError> {
    let ours = stewards.store.home().clone();
    match &environment.home {
        _ if !stewards.driver.is_local() => Ok(Whose::Ours),
        Some(home) if *home != ours => Ok(Whose::Lost(home.clone())),
        Some(_) => {
            if environment.lost_at.take().is_some() {
                found(stewards, environment, ours).await?;
            }
            Ok(Whose::Ours)
        }
        None => {
            let name = environment.name.clone();
            environment.home = Some(ours.clone());
            let settled =
                stewards.store.write(move |tx| Box::pin(async move { environments::settle(tx, &name, &ours).await }));
            settled.await?;
            Ok(Whose::Ours)
        }
    }
}

/// Writes down that nothing is known of the environment any more, and of what was being brought about there.
pub(super) async fn lose(
    stewards: &Stewards,
    (environment, home): (&Environment, HomeId),
    running: Option<&Deployment>,
) -> Result<(), StewardError> {
    let (name, at) = (environment.name.clone(), stewards.clock.now());
    let mut outcomes = Vec::new();
    if environment.lost_at.is_none() {
        outcomes.push(arrival(&Outcome::HomeLost { environment: name.clone(), home: home.clone(), at })?);
    }
    let applying = running.filter(|running| running.state == DeploymentState::Applying);
    if let Some(running) = applying {
        let (deployment, environment) = (running.id.clone(), name.clone());
        outcomes.push(arrival(&Outcome::DeploymentLost { deployment, environment })?);
    }
    if outcomes.is_empty() {
        return Ok(());
    }
    let lost_at = Some(environment.lost_at.unwrap_or(at));
    let lost = stewards
        .store
        .observe(outcomes, move |tx| Box::pin(async move { environments::lose(tx, (&name, &home), lost_at).await }));
    Ok(lost.await?)
}

/// We are at home again where the environment runs.
async fn found(stewards: &Stewards, environment: &Environment, home: HomeId) -> Result<(), StewardError> {
    let (name, at) = (environment.name.clone(), stewards.clock.now());
    let back = arrival(&Outcome::HomeBack { environment: name.clone(), home: home.clone(), at })?;
    let found = stewards
        .store
        .observe(vec![back], move |tx| Box::pin(async move { environments::lose(tx, (&name, &home), None).await }));
    Ok(found.await?)
}

/// Ends what is here of environments that were moved to another home while nobody heard of us.
pub(super) async fn clear(stewards: Stewards) {
    if let Err(cause) = clear_all(&stewards).await {
        tracing::error!(error = %cause, "what was moved away may still run here");
    }
}

async fn clear_all(stewards: &Stewards) -> Result<(), StewardError> {
    for name in stewards.driver.kept().await? {
        clear_one(stewards, &name).await?;
    }
    Ok(())
}

async fn clear_one(stewards: &Stewards, name: &EnvironmentName) -> Result<(), StewardError> {
    let found = environments::find(&mut stewards.store.reader().await?, name).await?;
    let Some(environment) = found else { return Ok(()) };
    if environment.home.as_ref().is_none_or(|home| home == stewards.store.home()) {
        return Ok(());
    }
    tracing::warn!(environment = %name, "it was moved to another machine: what is left of it here is ended");
    match stewards.driver.remove(name, environment.generation).await {
        Ok(()) | Err(DriverError::Outdated | DriverError::Stopped) => Ok(()),
        Err(cause) => Err(cause.into()),
    }
}
