//! Homes: an environment that belongs to a machine runs where it settled, and only who lives there looks at it. When
//! nobody hears of that machine any more, others tell so; what runs there is not guessed.

use std::time::Duration;

use super::run::Stewards;
use super::{StewardError, arrival};
use crate::domain::HomeId;
use crate::domain::deployment::{Deployment, DeploymentState};
use crate::domain::environment::Environment;
use crate::domain::spec::EnvironmentName;
use crate::event::outcome::Outcome;
use crate::ports::DriverError;
use crate::store::{StoreError, environments};

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

/// How long word of another process is waited for before it is looked again.
const AGAIN: Duration = Duration::from_mins(1);

/// Ends what is here of environments that were moved to another home while nobody heard of us. One that has left us and
/// lives nowhere yet, or may still leave, is waited for: whoever takes it in decides.
pub(super) async fn clear(stewards: Stewards) {
    loop {
        // Asked for before the look, so that what is decided meanwhile is not missed.
        let changed = stewards.store.changed();
        match clear_all(&stewards).await {
            Ok(true) | Err(StewardError::Store(StoreError::Closed)) => return,
            Ok(false) => {}
            Err(cause) => return tracing::error!(error = %cause, "what was moved away may still run here"),
        }
        tokio::select! {
            () = stewards.stop.cancelled() => return,
            () = changed => {}
            () = stewards.clock.sleep_until(stewards.clock.now().plus(AGAIN)) => {}
        }
    }
}

/// Whether it is decided of everything here whose it is.
async fn clear_all(stewards: &Stewards) -> Result<bool, StewardError> {
    let mut is_decided = true;
    for name in stewards.driver.kept().await? {
        is_decided &= clear_one(stewards, &name).await?;
    }
    Ok(is_decided)
}

async fn clear_one(stewards: &Stewards, name: &EnvironmentName) -> Result<bool, StewardError> {
    let found = environments::find(&mut stewards.store.reader().await?, name).await?;
    let Some(environment) = found else { return Ok(true) };
    match &environment.home {
        None => return Ok(false),
        Some(home) if home == stewards.store.home() => return Ok(environment.lost_at.is_none()),
        Some(_) => {}
    }
    tracing::warn!(environment = %name, "it was moved to another machine: what is left of it here is ended");
    match stewards.driver.remove(name, environment.generation).await {
        Ok(()) | Err(DriverError::Outdated | DriverError::Stopped) => Ok(true),
        Err(cause) => Err(cause.into()),
    }
}
