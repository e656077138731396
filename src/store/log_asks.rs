//! Logs that somebody wants to read which lie on another machine: asked for here, answered by who lives there.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;
use crate::domain::{HomeId, Timestamp};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its own id.
    pub id: String,
    /// Where the log lies.
    pub home: HomeId,
    /// Of which environment.
    pub environment: EnvironmentName,
    /// Of which component.
    pub component: ComponentName,
    /// How many of its last lines; none for all that is kept of its last failure.
    pub lines: Option<usize>,
}

/// The lines, or why there are none.
pub type Answer = Result<Vec<String>, String>;

/// Asks.
pub async fn ask(tx: &mut Tx<'_>, ask: &Ask, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO log_asks (id, home, environment, component, lines, asked_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, c => sqlx::query(SQL)
        .bind(&ask.id)
        .bind(ask.home.as_str())
        .bind(ask.environment.as_str())
        .bind(ask.component.as_str())
        .bind(ask.lines.map(|lines| i64::try_from(lines).unwrap_or(i64::MAX)))
        .bind(now.as_millis())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// What is asked for at a home and not answered.
pub async fn open(reader: &mut Reader, home: &HomeId) -> Result<Vec<Ask>, StoreError> {
    const SQL: &str = "SELECT id, environment, component, lines FROM log_asks WHERE home = $1 AND answer IS NULL";
    let rows: Vec<(String, String, String, Option<i64>)> =
        on!(reader, c => sqlx::query_as(SQL).bind(home.as_str()).fetch_all(c).await)?;
    let ask = |(id, environment, component, lines): (String, String, String, Option<i64>)| Ask {
        id,
        home: home.clone(),
        environment: EnvironmentName::new(environment),
        component: ComponentName::new(component),
        lines: lines.map(|lines| usize::try_from(lines).unwrap_or_default()),
    };
    Ok(rows.into_iter().map(ask).collect())
}

/// Answers.
pub async fn answer(tx: &mut Tx<'_>, id: &str, answer: &Answer) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE log_asks SET answer = $2 WHERE id = $1";
    let answer = serde_json::to_string(answer)?;
    on!(tx, c => sqlx::query(SQL).bind(id).bind(answer).execute(c).await.map(drop))?;
    Ok(())
}

/// The answer, once it is there.
pub async fn answered(reader: &mut Reader, id: &str) -> Result<Option<Answer>, StoreError> {
    const SQL: &str = "SELECT answer FROM log_asks WHERE id = $1";
    let row: Option<(Option<String>,)> = on!(reader, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(|(answer,)| answer).as_deref().map(serde_json::from_str).transpose()?)
}

/// Forgets what was asked before a moment: nobody waits for it any more.
pub async fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM log_asks WHERE asked_at < $1";
    on!(tx, c => sqlx::query(SQL).bind(before.as_millis()).execute(c).await.map(drop))?;
    Ok(())
}
