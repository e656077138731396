//! Rooms of iterations: wishes, intents, and what was made.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::iteration::IterationKey;
use crate::domain::room::{Intent, Made, Room, RoomState, Standing, Stands};
use crate::domain::{ChatName, RoomId, Timestamp};

/// Writes how far a room has come.
pub async fn put(tx: &mut Tx<'_>, room: &Room) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO rooms (iteration, chat, number, refusals, name, nonce, intended_at, room, \
        standing, wanted_back) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (iteration) DO UPDATE SET \
        number = excluded.number, refusals = excluded.refusals, name = excluded.name, nonce = excluded.nonce, \
        intended_at = excluded.intended_at, room = excluded.room, standing = excluded.standing, \
        wanted_back = excluded.wanted_back";
    let (number, name, intent, made) = match &room.state {
        RoomState::Wanted { number } => (*number, None, None, None),
        RoomState::Intended(intent) => (intent.number, Some(&intent.name), Some(intent), None),
        RoomState::Made(made) => (1, Some(&made.name), None, Some(made)),
    };
    let stands = made.map_or(Stands::Open, |made| made.stands);
    on!(tx, c => sqlx::query(SQL)
        .bind(room.iteration.as_str())
        .bind(room.chat.as_str())
        .bind(i64::from(number))
        .bind(i64::from(room.refusals))
        .bind(name)
        .bind(intent.map(|intent| intent.nonce.as_str()))
        .bind(intent.map(|intent| intent.at.as_millis()))
        .bind(made.map(|made| made.room.as_str()))
        .bind(stands.seen().as_str())
        .bind(i64::from(stands.is_wanted_back()))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Wants a room back in which nobody hears us.
///
/// # Errors
/// [`StoreError::Conflict`] when it is not the iteration's room any more, or is open.
pub(super) async fn want_back(tx: &mut Tx<'_>, iteration: &IterationKey, room: &RoomId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE rooms SET wanted_back = 1 WHERE iteration = $1 AND room = $2 AND standing <> 'open'";
    let done = on!(tx, c => sqlx::query(SQL)
        .bind(iteration.as_str())
        .bind(room.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Writes how a room stands to us now. A wish to have it back that came meanwhile stays, until it is back.
pub async fn stands(tx: &mut Tx<'_>, iteration: &IterationKey, standing: Standing) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE rooms SET standing = $2, \
        wanted_back = CASE WHEN $2 = 'open' THEN 0 ELSE wanted_back END WHERE iteration = $1";
    on!(tx, c => sqlx::query(SQL).bind(iteration.as_str()).bind(standing.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// The room of an iteration.
pub async fn of_iteration(reader: &mut Reader, iteration: &IterationKey) -> Result<Option<Room>, StoreError> {
    const SQL: &str = "SELECT iteration, chat, number, refusals, name, nonce, intended_at, room, standing, \
        wanted_back FROM rooms WHERE iteration = $1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(iteration.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_room).transpose()
}

/// The iteration that a room belongs to, or has belonged to.
pub async fn iteration_of(reader: &mut Reader, room: &RoomId) -> Result<Option<IterationKey>, StoreError> {
    const SQL: &str = "SELECT iteration FROM rooms WHERE room = $1 \
        UNION SELECT iteration FROM former_rooms WHERE room = $1";
    let row: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(room.as_str()).fetch_optional(c).await)?;
    Ok(row.map(|(key,)| IterationKey::new(key)))
}

/// The rooms of iterations that a chat keeps and we are in.
pub async fn open_in(reader: &mut Reader, chat: &ChatName) -> Result<Vec<RoomId>, StoreError> {
    const SQL: &str = "SELECT room FROM rooms WHERE chat = $1 AND room IS NOT NULL AND standing = 'open' \
        ORDER BY iteration";
    let rows: Vec<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(chat.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(|(room,)| RoomId::parse(&room)).collect())
}

/// Whether there is somebody to hear us in a room: not in one that an iteration has left, nor in one that was archived
/// or lost when it was seen last.
pub async fn is_open(reader: &mut Reader, room: &RoomId) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT standing FROM rooms WHERE room = $1 AND standing <> 'open' \
        UNION SELECT 'left' FROM former_rooms WHERE room = $1";
    let shut: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(room.as_str()).fetch_optional(c).await)?;
    Ok(shut.is_none())
}

#[derive(sqlx::FromRow)]
struct Row {
    iteration: String,
    chat: String,
    number: i64,
    refusals: i64,
    name: Option<String>,
    nonce: Option<String>,
    intended_at: Option<i64>,
    room: Option<String>,
    standing: String,
    wanted_back: i64,
}

impl Row {
    fn into_room(self) -> Result<Room, StoreError> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("room of {}: {what}", self.iteration));
        let number = u32::try_from(self.number).map_err(|_| corrupt("number"))?;
        let state = match (self.room, self.nonce, self.intended_at) {
            (Some(room), ..) => RoomState::Made(Made {
                room: RoomId::parse(&room).ok_or_else(|| corrupt("id"))?,
                name: self.name.ok_or_else(|| corrupt("no name"))?,
                stands: Stands::of(
                    Standing::parse(&self.standing).ok_or_else(|| corrupt("standing"))?,
                    self.wanted_back != 0,
                ),
            }),
            (None, Some(nonce), Some(at)) => RoomState::Intended(Intent {
                name: self.name.ok_or_else(|| corrupt("no name"))?,
                number,
                nonce,
                at: Timestamp::from_millis(at),
            }),
            (None, ..) => RoomState::Wanted { number },
        };
        Ok(Room {
            iteration: IterationKey::new(self.iteration),
            chat: ChatName::new(self.chat),
            state,
            refusals: u32::try_from(self.refusals).unwrap_or(u32::MAX),
        })
    }
}
