//! Iterations.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::iteration::{Iteration, IterationKey, Phase};
use crate::domain::{PersonId, RoomId, Timestamp};

const COLUMNS: &str = "SELECT key, name, project, goal, owner, phase, starts_at, ends_at, asked_in FROM iterations";

/// Adds an iteration.
///
/// # Errors
/// [`StoreError::Conflict`] when the key is taken.
pub(super) async fn insert(tx: &mut Tx<'_>, iteration: &Iteration) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iterations (key, name, project, goal, owner, phase, starts_at, ends_at, asked_in) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let added = on!(tx, c => sqlx::query(SQL)
        .bind(iteration.key.as_str())
        .bind(&iteration.name)
        .bind(&iteration.project)
        .bind(iteration.goal.as_deref())
        .bind(iteration.owner.as_str())
        .bind(iteration.phase.as_str())
        .bind(iteration.starts_at.as_millis())
        .bind(iteration.ends_at.map(Timestamp::as_millis))
        .bind(iteration.asked_in.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if added == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// The iteration of this key, if there is one.
pub async fn find(reader: &mut Reader, key: &IterationKey) -> Result<Option<Iteration>, StoreError> {
    let sql = format!("{COLUMNS} WHERE key = $1");
    let row: Option<Row> =
        on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(key.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_iteration).transpose()
}

/// All iterations, newest first.
pub async fn all(reader: &mut Reader) -> Result<Vec<Iteration>, StoreError> {
    let sql = format!("{COLUMNS} ORDER BY starts_at DESC, key");
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await)?;
    rows.into_iter().map(Row::into_iteration).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    key: String,
    name: String,
    project: String,
    goal: Option<String>,
    owner: String,
    phase: String,
    starts_at: i64,
    ends_at: Option<i64>,
    asked_in: String,
}

impl Row {
    fn into_iteration(self) -> Result<Iteration, StoreError> {
        let corrupt = |what: &str, text: &str| StoreError::Corrupt(format!("iteration {}: {what} {text:?}", self.key));
        Ok(Iteration {
            phase: Phase::parse(&self.phase).ok_or_else(|| corrupt("phase", &self.phase))?,
            asked_in: RoomId::parse(&self.asked_in).ok_or_else(|| corrupt("room", &self.asked_in))?,
            key: IterationKey::new(self.key),
            name: self.name,
            project: self.project,
            goal: self.goal,
            owner: PersonId::new(self.owner),
            starts_at: Timestamp::from_millis(self.starts_at),
            ends_at: self.ends_at.map(Timestamp::from_millis),
        })
    }
}
