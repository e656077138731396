//! Deployments: one running and one queued an environment, held by unique indexes.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::card::CardId;
use crate::domain::deployment::{Deployment, DeploymentId, DeploymentState, Step};
use crate::domain::spec::EnvironmentName;
use crate::domain::{RoomId, Timestamp};

const COLUMNS: &str = "SELECT id, environment, generation, revision, state, asked_by, asked_in, card, queued_at, \
    started_at, ended_at, steps FROM deployments";

/// Adds a deployment.
///
/// # Errors
/// [`StoreError::Conflict`] when the environment has one in this state already.
pub(super) async fn insert(tx: &mut Tx<'_>, deployment: &Deployment) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO deployments (id, environment, generation, revision, state, asked_by, asked_in, \
        card, queued_at, started_at, ended_at, steps) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT DO NOTHING";
    let steps = serde_json::to_string(&deployment.steps)?;
    let added = on!(tx, c => sqlx::query(SQL)
        .bind(deployment.id.as_str())
        .bind(deployment.environment.as_str())
        .bind(deployment.generation)
        .bind(deployment.revision)
        .bind(deployment.state.as_str())
        .bind(&deployment.by)
        .bind(deployment.asked_in.as_str())
        .bind(deployment.card.as_str())
        .bind(deployment.queued_at.as_millis())
        .bind(deployment.started_at.map(Timestamp::as_millis))
        .bind(deployment.ended_at.map(Timestamp::as_millis))
        .bind(steps)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if added == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Moves a deployment to its state, with its times and steps.
///
/// # Errors
/// [`StoreError::Conflict`] when it is no longer in the state `from`.
pub(super) async fn update(tx: &mut Tx<'_>, deployment: &Deployment, from: DeploymentState) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE deployments SET state = $3, started_at = $4, ended_at = $5, steps = $6 \
        WHERE id = $1 AND state = $2";
    let steps = serde_json::to_string(&deployment.steps)?;
    let changed = on!(tx, c => sqlx::query(SQL)
        .bind(deployment.id.as_str())
        .bind(from.as_str())
        .bind(deployment.state.as_str())
        .bind(deployment.started_at.map(Timestamp::as_millis))
        .bind(deployment.ended_at.map(Timestamp::as_millis))
        .bind(steps)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Writes how far the running deployment is; nothing when it has ended meanwhile.
pub async fn put_steps(tx: &mut Tx<'_>, id: &DeploymentId, steps: &[Step]) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE deployments SET steps = $2 WHERE id = $1 AND state = 'applying'";
    let steps = serde_json::to_string(steps)?;
    on!(tx, c => sqlx::query(SQL).bind(id.as_str()).bind(steps).execute(c).await.map(drop))?;
    Ok(())
}

/// A deployment.
pub async fn find(reader: &mut Reader, id: &DeploymentId) -> Result<Option<Deployment>, StoreError> {
    let sql = format!("{COLUMNS} WHERE id = $1");
    let row: Option<Row> =
        on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_deployment).transpose()
}

/// The environment's deployment in this state: running and queued there is one at most, of the others the newest.
pub async fn newest_in(
    reader: &mut Reader,
    environment: &EnvironmentName,
    state: DeploymentState,
) -> Result<Option<Deployment>, StoreError> {
    let sql = format!("{COLUMNS} WHERE environment = $1 AND state = $2 ORDER BY seq DESC LIMIT 1");
    let row: Option<Row> = on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(environment.as_str())
        .bind(state.as_str())
        .fetch_optional(c)
        .await)?;
    row.map(Row::into_deployment).transpose()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    environment: String,
    generation: i64,
    revision: i64,
    state: String,
    asked_by: String,
    asked_in: String,
    card: String,
    queued_at: i64,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    steps: String,
}

impl Row {
    fn into_deployment(self) -> Result<Deployment, StoreError> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("deployment {}: {what}", self.id));
        Ok(Deployment {
            state: DeploymentState::parse(&self.state).ok_or_else(|| corrupt("state"))?,
            asked_in: RoomId::parse(&self.asked_in).ok_or_else(|| corrupt("room"))?,
            steps: serde_json::from_str(&self.steps)?,
            id: DeploymentId::new(self.id),
            environment: EnvironmentName::new(self.environment),
            generation: self.generation,
            revision: self.revision,
            by: self.asked_by,
            card: CardId::new(self.card),
            queued_at: Timestamp::from_millis(self.queued_at),
            started_at: self.started_at.map(Timestamp::from_millis),
            ended_at: self.ended_at.map(Timestamp::from_millis),
        })
    }
}
