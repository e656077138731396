//! Rooms that iterations have left for others.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::card::Subject;
use crate::domain::iteration::IterationKey;
use crate::domain::room::Former;
use crate::domain::spec::EnvironmentName;
use crate::domain::{RoomId, Timestamp};

/// Remembers a room that is left.
pub async fn put(tx: &mut Tx<'_>, former: &Former) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO former_rooms (room, iteration, number) VALUES ($1, $2, $3)";
    on!(tx, c => sqlx::query(SQL)
        .bind(former.room.as_str())
        .bind(former.iteration.as_str())
        .bind(i64::from(former.number))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Has the cards that go on living posted anew in the next room: the room's own, the open deploy card, those of
/// deployments under way, and that of the newest. The others stay where they are: what they tell of is over.
pub async fn move_cards(tx: &mut Tx<'_>, Former { room, iteration, .. }: &Former) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE cards SET room = NULL, message = NULL, nonce = NULL, intended_at = NULL, shown = NULL \
        WHERE (room = $1 OR message IS NULL) AND (subject = $2 OR subject = $3 OR id IN \
        (SELECT card FROM deployments WHERE environment = $4 AND (number = (SELECT max(number) FROM deployments \
        WHERE environment = $4) OR state IN ('queued', 'applying', 'stopping', 'unknown'))))";
    let environment = EnvironmentName::new(iteration.as_str());
    on!(tx, c => sqlx::query(SQL)
        .bind(room.as_str())
        .bind(Subject::Room(iteration.clone()).to_text())
        .bind(Subject::Deploy(environment.clone()).to_text())
        .bind(environment.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Writes down that it was told in a room where the iteration goes on.
pub async fn told(tx: &mut Tx<'_>, room: &RoomId, at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE former_rooms SET told_at = $2 WHERE room = $1";
    on!(tx, c => sqlx::query(SQL).bind(room.as_str()).bind(at.as_millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// The room that an iteration has left last.
pub async fn last(reader: &mut Reader, iteration: &IterationKey) -> Result<Option<Former>, StoreError> {
    const SQL: &str = "SELECT room, iteration, number FROM former_rooms WHERE iteration = $1 \
        ORDER BY number DESC LIMIT 1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(iteration.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_former).transpose()
}

/// A room that was left.
pub async fn find(reader: &mut Reader, room: &RoomId) -> Result<Option<Former>, StoreError> {
    const SQL: &str = "SELECT room, iteration, number FROM former_rooms WHERE room = $1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(room.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_former).transpose()
}

/// The rooms in which it was not told yet where their iteration goes on.
pub async fn untold(reader: &mut Reader) -> Result<Vec<Former>, StoreError> {
    const SQL: &str = "SELECT room, iteration, number FROM former_rooms WHERE told_at IS NULL \
        ORDER BY iteration, number";
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    rows.into_iter().map(Row::into_former).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    room: String,
    iteration: String,
    number: i64,
}

impl Row {
    fn into_former(self) -> Result<Former, StoreError> {
        let corrupt = || StoreError::Corrupt(format!("former room of {}", self.iteration));
        Ok(Former {
            room: RoomId::parse(&self.room).ok_or_else(corrupt)?,
            number: u32::try_from(self.number).map_err(|_| corrupt())?,
            iteration: IterationKey::new(self.iteration),
        })
    }
}
