//! Deployments: one running and one queued an environment, held by unique indexes.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::card::CardId;
use crate::domain::deployment::{Cause, Deployment, DeploymentId, DeploymentState, Moved, Step};
use crate::domain::spec::EnvironmentName;
use crate::domain::{PersonId, RoomId, Timestamp, TraceId};

const COLUMNS: &str = "SELECT id, number, environment, generation, revision, state, cause, asked_by, asker, \
    cancelled_by, asked_in, card, queued_at, started_at, ended_at, steps FROM deployments";

/// Adds a deployment that was decided in a trace.
///
/// # Errors
/// [`StoreError::Conflict`] when its number is taken, or the environment has one that runs or waits already.
pub(super) async fn insert(tx: &mut Tx<'_>, deployment: &Deployment, trace: &TraceId) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO deployments (id, number, environment, generation, revision, state, cause, \
        asked_by, asker, cancelled_by, asked_in, card, queued_at, started_at, ended_at, steps, trace) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING";
    let steps = serde_json::to_string(&deployment.steps)?;
    let added = on!(tx, c => sqlx::query(SQL)
        .bind(deployment.id.as_str())
        .bind(deployment.number)
        .bind(deployment.environment.as_str())
        .bind(deployment.generation)
        .bind(deployment.revision)
        .bind(deployment.state.as_str())
        .bind(deployment.cause.as_str())
        .bind(&deployment.by)
        .bind(deployment.asker.as_ref().map(PersonId::as_str))
        .bind(deployment.cancelled_by.as_deref())
        .bind(deployment.asked_in.as_str())
        .bind(deployment.card.as_str())
        .bind(deployment.queued_at.as_millis())
        .bind(deployment.started_at.map(Timestamp::as_millis))
        .bind(deployment.ended_at.map(Timestamp::as_millis))
        .bind(steps)
        .bind(trace.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if added == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Moves a deployment to its state, with its times. Its steps are the steward's to write until it has ended.
///
/// # Errors
/// [`StoreError::Conflict`] when it is no longer in the state that was decided on.
pub(super) async fn update(tx: &mut Tx<'_>, moved: &Moved) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE deployments SET state = $3, generation = $4, card = $5, cancelled_by = $6, \
        started_at = $7, ended_at = $8, steps = CASE WHEN $8 IS NULL THEN steps ELSE $9 END WHERE id = $1 AND state = $2";
    let deployment = &moved.deployment;
    let steps = serde_json::to_string(&deployment.steps)?;
    let changed = on!(tx, c => sqlx::query(SQL)
        .bind(deployment.id.as_str())
        .bind(moved.from.as_str())
        .bind(deployment.state.as_str())
        .bind(deployment.generation)
        .bind(deployment.card.as_str())
        .bind(deployment.cancelled_by.as_deref())
        .bind(deployment.started_at.map(Timestamp::as_millis))
        .bind(deployment.ended_at.map(Timestamp::as_millis))
        .bind(steps)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Looks whether a deployment waits though none runs, which nobody would ever start.
///
/// # Errors
/// [`StoreError::Conflict`] then: what was written was decided on something else.
pub(super) async fn refuse_to_wait_for_nothing(tx: &mut Tx<'_>, name: &EnvironmentName) -> Result<(), StoreError> {
    const SQL: &str = "SELECT count(*) FROM deployments WHERE environment = $1 AND state = 'queued' \
        AND NOT EXISTS (SELECT 1 FROM deployments other WHERE other.environment = $1 \
        AND other.state IN ('applying', 'stopping', 'unknown'))";
    let (waiting,): (i64,) = on!(tx, c => sqlx::query_as(SQL).bind(name.as_str()).fetch_one(c).await)?;
    if waiting == 0 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Writes how far the running deployment is; nothing when it has ended meanwhile.
pub async fn put_steps(tx: &mut Tx<'_>, id: &DeploymentId, steps: &[Step]) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE deployments SET steps = $2 WHERE id = $1 AND state IN ('applying', 'stopping', 'unknown')";
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

/// The trace that a deployment belongs to; none of one that an older release wrote.
pub async fn trace(reader: &mut Reader, id: &DeploymentId) -> Result<Option<TraceId>, StoreError> {
    const SQL: &str = "SELECT trace FROM deployments WHERE id = $1 AND trace <> ''";
    let row: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(row.map(|(trace,)| TraceId::new(trace)))
}

/// The deployment under way in an environment: there is one at most.
pub async fn running(reader: &mut Reader, name: &EnvironmentName) -> Result<Option<Deployment>, StoreError> {
    newest(reader, name, "state IN ('applying', 'stopping', 'unknown')").await
}

/// The deployment that waits in an environment: there is one at most.
pub async fn queued(reader: &mut Reader, name: &EnvironmentName) -> Result<Option<Deployment>, StoreError> {
    newest(reader, name, "state = 'queued'").await
}

/// The newest deployment that began, running or ended.
pub async fn last(reader: &mut Reader, name: &EnvironmentName) -> Result<Option<Deployment>, StoreError> {
    newest(reader, name, "started_at IS NOT NULL").await
}

/// The newest deployment of all.
pub async fn latest(reader: &mut Reader, name: &EnvironmentName) -> Result<Option<Deployment>, StoreError> {
    newest(reader, name, "number > 0").await
}

/// The newest deployment that succeeded before this one and brought another revision: what there is to go back to.
pub async fn good_before(reader: &mut Reader, deployment: &Deployment) -> Result<Option<Deployment>, StoreError> {
    let sql = format!(
        "{COLUMNS} WHERE environment = $1 AND state = 'succeeded' AND number < $2 AND revision <> $3 \
         ORDER BY number DESC LIMIT 1"
    );
    let row: Option<Row> = on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(deployment.environment.as_str())
        .bind(deployment.number)
        .bind(deployment.revision)
        .fetch_optional(c)
        .await)?;
    row.map(Row::into_deployment).transpose()
}

/// The newest deployment that began before this one: its revision was wished until this one started.
pub async fn before(reader: &mut Reader, deployment: &Deployment) -> Result<Option<Deployment>, StoreError> {
    let sql = format!(
        "{COLUMNS} WHERE environment = $1 AND started_at IS NOT NULL AND number < $2 ORDER BY number DESC LIMIT 1"
    );
    let row: Option<Row> = on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(deployment.environment.as_str())
        .bind(deployment.number)
        .fetch_optional(c)
        .await)?;
    row.map(Row::into_deployment).transpose()
}

/// How the deployments of some revisions stand or ended, oldest first.
pub async fn outcomes(
    reader: &mut Reader,
    name: &EnvironmentName,
    (from, to): (i64, i64),
) -> Result<Vec<(i64, DeploymentState)>, StoreError> {
    const SQL: &str = "SELECT revision, state FROM deployments WHERE environment = $1 AND revision >= $2 \
        AND revision <= $3 ORDER BY number";
    let rows: Vec<(i64, String)> =
        on!(reader, c => sqlx::query_as(SQL).bind(name.as_str()).bind(from).bind(to).fetch_all(c).await)?;
    let one = |(revision, state): (i64, String)| {
        let state = DeploymentState::parse(&state)
            .ok_or_else(|| StoreError::Corrupt(format!("deployment of revision {revision}: state")))?;
        Ok((revision, state))
    };
    rows.into_iter().map(one).collect()
}

async fn newest(
    reader: &mut Reader,
    name: &EnvironmentName,
    which: &'static str,
) -> Result<Option<Deployment>, StoreError> {
    let sql = format!("{COLUMNS} WHERE environment = $1 AND {which} ORDER BY number DESC LIMIT 1");
    let row: Option<Row> =
        on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(name.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_deployment).transpose()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: i64,
    environment: String,
    generation: i64,
    revision: i64,
    state: String,
    cause: String,
    asked_by: String,
    asker: Option<String>,
    cancelled_by: Option<String>,
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
            cause: Cause::parse(&self.cause).ok_or_else(|| corrupt("cause"))?,
            id: DeploymentId::new(self.id),
            number: self.number,
            environment: EnvironmentName::new(self.environment),
            generation: self.generation,
            revision: self.revision,
            by: self.asked_by,
            asker: self.asker.map(PersonId::new),
            cancelled_by: self.cancelled_by,
            card: CardId::new(self.card),
            queued_at: Timestamp::from_millis(self.queued_at),
            started_at: self.started_at.map(Timestamp::from_millis),
            ended_at: self.ended_at.map(Timestamp::from_millis),
        })
    }
}
