//! The record of an environment: each revision kept for ever.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::environment::{Origin, Revision};
use crate::domain::spec::EnvironmentName;
use crate::domain::{MessageId, RoomId, Timestamp};

/// How many revisions are looked through for the name of what runs.
const KNOWN: i64 = 20;

/// Adds a revision.
///
/// # Errors
/// [`StoreError::Conflict`] when its number is taken.
pub(super) async fn insert(tx: &mut Tx<'_>, revision: &Revision) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO revisions (environment, number, selections, made_by, made_at, why, room, message) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let selections = serde_json::to_string(&revision.selections)?;
    let added = on!(tx, c => sqlx::query(SQL)
        .bind(revision.environment.as_str())
        .bind(revision.number)
        .bind(selections)
        .bind(&revision.by)
        .bind(revision.at.as_millis())
        .bind(&revision.why)
        .bind(revision.origin.as_ref().map(|origin| origin.room.as_str()))
        .bind(revision.origin.as_ref().map(|origin| origin.message.as_str()))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if added == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// A revision, if there is one of this number.
pub async fn find(
    reader: &mut Reader,
    environment: &EnvironmentName,
    number: i64,
) -> Result<Option<Revision>, StoreError> {
    const SQL: &str = "SELECT environment, number, selections, made_by, made_at, why, room, message FROM revisions \
        WHERE environment = $1 AND number = $2";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL)
        .bind(environment.as_str())
        .bind(number)
        .fetch_optional(c)
        .await)?;
    row.map(Row::into_revision).transpose()
}

/// The newest revisions, newest first.
pub async fn latest(
    reader: &mut Reader,
    environment: &EnvironmentName,
    most: i64,
) -> Result<Vec<Revision>, StoreError> {
    const SQL: &str = "SELECT environment, number, selections, made_by, made_at, why, room, message FROM revisions \
        WHERE environment = $1 ORDER BY number DESC LIMIT $2";
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(SQL)
        .bind(environment.as_str())
        .bind(most)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Row::into_revision).collect()
}

/// The revisions that what runs is named by.
pub async fn known(reader: &mut Reader, environment: &EnvironmentName) -> Result<Vec<Revision>, StoreError> {
    latest(reader, environment, KNOWN).await
}

/// The newest revision that came up whole and whose content is not that of `number`: what there is to go back to.
pub async fn way_back(
    reader: &mut Reader,
    environment: &EnvironmentName,
    number: i64,
) -> Result<Option<Revision>, StoreError> {
    const SQL: &str = "SELECT r.environment, r.number, r.selections, r.made_by, r.made_at, r.why, r.room, r.message \
        FROM revisions r JOIN deployments d ON d.environment = r.environment AND d.revision = r.number \
        WHERE r.environment = $1 AND d.state = 'succeeded' AND r.selections <> \
        (SELECT selections FROM revisions WHERE environment = $1 AND number = $2) ORDER BY d.number DESC LIMIT 1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL)
        .bind(environment.as_str())
        .bind(number)
        .fetch_optional(c)
        .await)?;
    row.map(Row::into_revision).transpose()
}

#[derive(sqlx::FromRow)]
struct Row {
    environment: String,
    number: i64,
    selections: String,
    made_by: String,
    made_at: i64,
    why: String,
    room: Option<String>,
    message: Option<String>,
}

impl Row {
    fn into_revision(self) -> Result<Revision, StoreError> {
        Ok(Revision {
            environment: EnvironmentName::new(self.environment),
            number: self.number,
            selections: serde_json::from_str(&self.selections)?,
            by: self.made_by,
            at: Timestamp::from_millis(self.made_at),
            why: self.why,
            origin: self
                .room
                .as_deref()
                .and_then(RoomId::parse)
                .zip(self.message)
                .map(|(room, message)| Origin { room, message: MessageId::new(message) }),
        })
    }
}
