//! All iterations at a glance: for lists of them.

use std::collections::HashMap;

use super::db::{Reader, on};
use super::error::StoreError;
use super::{environments, iterations};
use crate::domain::RoomId;
use crate::domain::deployment::DeploymentState;
use crate::domain::environment::Environment;
use crate::domain::iteration::Iteration;
use crate::domain::phase::Phase;

/// An iteration at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The iteration.
    pub iteration: Iteration,
    /// Its room, once it is open.
    pub room: Option<RoomId>,
    /// How its environment is.
    pub phase: Phase,
}

/// All iterations, by key.
pub async fn all(reader: &mut Reader) -> Result<Vec<Overview>, StoreError> {
    const ROOMS: &str = "SELECT iteration, room FROM rooms WHERE room IS NOT NULL";
    const LAST: &str = "SELECT environment, state FROM deployments AS newest WHERE started_at IS NOT NULL AND number = \
        (SELECT max(number) FROM deployments WHERE environment = newest.environment AND started_at IS NOT NULL)";
    let known = iterations::all(reader).await?;
    let rooms: Vec<(String, String)> = on!(reader, c => sqlx::query_as(ROOMS).fetch_all(c).await)?;
    let rooms: HashMap<String, String> = rooms.into_iter().collect();
    let last: Vec<(String, String)> = on!(reader, c => sqlx::query_as(LAST).fetch_all(c).await)?;
    let last: HashMap<String, String> = last.into_iter().collect();
    let environments = environments::all(reader).await?;
    let environments: HashMap<String, Environment> =
        environments.into_iter().map(|environment| (environment.name.to_string(), environment)).collect();
    let overview = |iteration: Iteration| {
        let key = iteration.key.as_str();
        let last = last.get(key).and_then(|state| DeploymentState::parse(state));
        let phase = environments.get(key).map_or(Phase::Empty, |environment| Phase::of(environment, last));
        Overview { room: rooms.get(key).and_then(|room| RoomId::parse(room)), phase, iteration }
    };
    Ok(known.into_iter().map(overview).collect())
}
