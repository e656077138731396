//! An environment read whole, for whoever decides about it.

use super::db::Reader;
use super::error::StoreError;
use super::{cards, deployments, environments, revisions};
use crate::domain::card::Subject;
use crate::domain::environment::Environment;
use crate::domain::iteration::IterationKey;
use crate::domain::record::Record;
use crate::domain::spec::EnvironmentName;

/// The record of an iteration's environment; a new one before anything was deployed.
pub async fn read(reader: &mut Reader, iteration: &IterationKey) -> Result<Record, StoreError> {
    let name = EnvironmentName::new(iteration.as_str());
    let environment = environments::find(reader, &name).await?.unwrap_or_else(|| Environment::of_iteration(iteration));
    let running = deployments::running(reader, &name).await?;
    let queued = deployments::queued(reader, &name).await?;
    let base = match queued.as_ref().map(|queued| queued.revision).or(environment.wish.last()) {
        Some(number) => revisions::find(reader, &name, number).await?,
        None => None,
    };
    Ok(Record {
        base,
        revisions: revisions::latest(reader, &name, 1).await?.first().map_or(0, |revision| revision.number),
        deployments: deployments::latest(reader, &name).await?.map_or(0, |deployment| deployment.number),
        last: deployments::last(reader, &name).await?,
        open_card: cards::showing(reader, &Subject::Deploy(name)).await?,
        environment,
        running,
        queued,
    })
}
