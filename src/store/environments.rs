//! Environments: which revision is wished, what is being chosen, what was seen.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::Timestamp;
use crate::domain::environment::{Draft, Environment};
use crate::domain::spec::{EnvironmentName, Seen};

/// Adds an environment, unless it is there.
pub(super) async fn add(tx: &mut Tx<'_>, environment: &Environment) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO environments (name, generation, seen, draft_version, draft) \
        VALUES ($1, $2, '[]', 0, '{}') ON CONFLICT DO NOTHING";
    on!(tx, c => sqlx::query(SQL)
        .bind(environment.name.as_str())
        .bind(environment.generation)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Writes what is being chosen.
///
/// # Errors
/// [`StoreError::Conflict`] when it is no longer at version `from`.
pub(super) async fn put_draft(
    tx: &mut Tx<'_>,
    name: &EnvironmentName,
    draft: &Draft,
    from: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET draft_version = $3, draft = $4 WHERE name = $1 AND draft_version = $2";
    let chosen = serde_json::to_string(&draft.changes)?;
    let changed = on!(tx, c => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(from)
        .bind(draft.version)
        .bind(chosen)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Wishes for a revision.
pub(super) async fn wish(tx: &mut Tx<'_>, name: &EnvironmentName, revision: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET wished = $2 WHERE name = $1";
    on!(tx, c => sqlx::query(SQL).bind(name.as_str()).bind(revision).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes what was seen.
pub async fn put_seen(tx: &mut Tx<'_>, name: &EnvironmentName, seen: &[Seen], at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET seen = $2, seen_at = $3 WHERE name = $1";
    let seen = serde_json::to_string(seen)?;
    on!(tx, c => sqlx::query(SQL).bind(name.as_str()).bind(seen).bind(at.as_millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// The environment of this name, if there is one.
pub async fn find(reader: &mut Reader, name: &EnvironmentName) -> Result<Option<Environment>, StoreError> {
    const SQL: &str = "SELECT name, generation, wished, seen, seen_at, draft_version, draft FROM environments \
        WHERE name = $1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(name.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_environment).transpose()
}

/// The names of all environments that should run.
pub async fn wished(reader: &mut Reader) -> Result<Vec<EnvironmentName>, StoreError> {
    const SQL: &str = "SELECT name FROM environments WHERE wished IS NOT NULL ORDER BY name";
    let rows: Vec<(String,)> = on!(reader, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(name,)| EnvironmentName::new(name)).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    generation: i64,
    wished: Option<i64>,
    seen: String,
    seen_at: Option<i64>,
    draft_version: i64,
    draft: String,
}

impl Row {
    fn into_environment(self) -> Result<Environment, StoreError> {
        Ok(Environment {
            name: EnvironmentName::new(self.name),
            generation: self.generation,
            wished: self.wished,
            seen: serde_json::from_str(&self.seen)?,
            seen_at: self.seen_at.map(Timestamp::from_millis),
            draft: Draft { version: self.draft_version, changes: serde_json::from_str(&self.draft)? },
        })
    }
}
