//! Environments: which revision is wished, what is being chosen, what was seen.

use std::collections::BTreeMap;

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::artifact::Digest;
use crate::domain::component::ComponentName;
use crate::domain::environment::{Draft, Environment, Wish};
use crate::domain::hold::Hold;
use crate::domain::spec::EnvironmentName;
use crate::domain::{HomeId, Timestamp};

/// The words of a wish.
const PRESENT: &str = "present";
const ABSENT: &str = "absent";

/// Whether it is a word of a wish.
pub(super) fn is_wish(word: &str) -> bool {
    [PRESENT, ABSENT].contains(&word)
}

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

/// Wishes for a revision, or for nothing. What was tried before to mend the environment is forgotten.
pub(super) async fn wish(
    tx: &mut Tx<'_>,
    name: &EnvironmentName,
    wish: Wish,
    generation: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET wish = $2, wished = $3, generation = $4, repairs = '{}' WHERE name = $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(if matches!(wish, Wish::Absent { .. }) { ABSENT } else { PRESENT })
        .bind(wish.last())
        .bind(generation)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Holds automatic updates, or lets them go on.
pub(super) async fn hold(tx: &mut Tx<'_>, name: &EnvironmentName, hold: Option<&Hold>) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET hold = $2 WHERE name = $1";
    let hold = hold.map(serde_json::to_string).transpose()?;
    on!(tx, c => sqlx::query(SQL).bind(name.as_str()).bind(hold).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes which versions are not taken by themselves.
pub(super) async fn refuse(
    tx: &mut Tx<'_>,
    name: &EnvironmentName,
    refused: &BTreeMap<ComponentName, Digest>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET refused = $2 WHERE name = $1";
    let refused = serde_json::to_string(refused)?;
    on!(tx, c => sqlx::query(SQL).bind(name.as_str()).bind(refused).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes what was seen, and how often it was mended.
pub async fn put_seen(tx: &mut Tx<'_>, environment: &Environment) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET seen = $2, seen_at = $3, observation = $4, repairs = $5 WHERE name = $1";
    let seen = serde_json::to_string(&environment.seen)?;
    let repairs = serde_json::to_string(&environment.repairs)?;
    on!(tx, c => sqlx::query(SQL)
        .bind(environment.name.as_str())
        .bind(seen)
        .bind(environment.seen_at.map(Timestamp::as_millis))
        .bind(environment.observation)
        .bind(repairs)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Gives an environment that is nowhere a home.
pub async fn settle(tx: &mut Tx<'_>, name: &EnvironmentName, home: &HomeId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET home = $2, lost_at = NULL WHERE name = $1 AND home IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(name.as_str()).bind(home.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Nothing of an environment is at its home any more: it may settle anywhere.
pub async fn unsettle(tx: &mut Tx<'_>, name: &EnvironmentName, home: &HomeId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET home = NULL, lost_at = NULL WHERE name = $1 AND home = $2";
    on!(tx, c => sqlx::query(SQL).bind(name.as_str()).bind(home.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes down that nobody hears of an environment's home, or that somebody does again. Nothing changes when it has
/// another home meanwhile.
pub async fn lose(
    tx: &mut Tx<'_>,
    (name, home): (&EnvironmentName, &HomeId),
    lost_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET lost_at = $3 WHERE name = $1 AND home = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(home.as_str())
        .bind(lost_at.map(Timestamp::as_millis))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Leaves a lost home: a new life begins wherever it settles next, and nothing is known of it yet.
///
/// # Errors
/// [`StoreError::Conflict`] when its home is not lost any more, or it has left it.
pub(super) async fn leave(tx: &mut Tx<'_>, name: &EnvironmentName, generation: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE environments SET home = NULL, lost_at = NULL, generation = $2, seen = '[]', \
        seen_at = NULL, observation = observation + 1, repairs = '{}' WHERE name = $1 AND lost_at IS NOT NULL";
    let left = on!(tx, c => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(generation)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if left == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// The environment of this name, if there is one.
pub async fn find(reader: &mut Reader, name: &EnvironmentName) -> Result<Option<Environment>, StoreError> {
    const SQL: &str = "SELECT name, generation, wish, wished, seen, seen_at, observation, draft_version, draft, hold, \
        refused, repairs, home, lost_at FROM environments WHERE name = $1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(name.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_environment).transpose()
}

/// All environments.
pub async fn all(reader: &mut Reader) -> Result<Vec<Environment>, StoreError> {
    const SQL: &str = "SELECT name, generation, wish, wished, seen, seen_at, observation, draft_version, draft, hold, \
        refused, repairs, home, lost_at FROM environments";
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    rows.into_iter().map(Row::into_environment).collect()
}

/// The names of all environments that something was ever deployed to: each should run, or be gone.
pub async fn wished(reader: &mut Reader) -> Result<Vec<EnvironmentName>, StoreError> {
    const SQL: &str = "SELECT name FROM environments WHERE wished IS NOT NULL ORDER BY name";
    names(reader, SQL).await
}

/// The names of all environments that should run.
pub async fn present(reader: &mut Reader) -> Result<Vec<EnvironmentName>, StoreError> {
    const SQL: &str = "SELECT name FROM environments WHERE wished IS NOT NULL AND wish = 'present' ORDER BY name";
    names(reader, SQL).await
}

async fn names(reader: &mut Reader, sql: &'static str) -> Result<Vec<EnvironmentName>, StoreError> {
    let rows: Vec<(String,)> = on!(reader, c => sqlx::query_as(sql).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(name,)| EnvironmentName::new(name)).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    generation: i64,
    wish: String,
    wished: Option<i64>,
    seen: String,
    seen_at: Option<i64>,
    observation: i64,
    draft_version: i64,
    draft: String,
    hold: Option<String>,
    refused: String,
    repairs: String,
    home: Option<String>,
    lost_at: Option<i64>,
}

impl Row {
    fn into_environment(self) -> Result<Environment, StoreError> {
        Ok(Environment {
            name: EnvironmentName::new(self.name),
            generation: self.generation,
            wish: match (self.wished, self.wish.as_str()) {
                (None, _) => Wish::Undecided,
                (Some(last), ABSENT) => Wish::Absent { last },
                (Some(revision), _) => Wish::Present(revision),
            },
            seen: serde_json::from_str(&self.seen)?,
            seen_at: self.seen_at.map(Timestamp::from_millis),
            observation: self.observation,
            draft: Draft { version: self.draft_version, changes: serde_json::from_str(&self.draft)? },
            hold: self.hold.as_deref().map(serde_json::from_str).transpose()?,
            refused: serde_json::from_str(&self.refused)?,
            repairs: serde_json::from_str(&self.repairs)?,
            home: self.home.map(HomeId::new),
            lost_at: self.lost_at.map(Timestamp::from_millis),
        })
    }
}
