//! Rooms of iterations: wishes, intents, and what was made.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::iteration::IterationKey;
use crate::domain::room::{Intent, Room, RoomState, Standing};
use crate::domain::{ChatName, RoomId, Timestamp};

/// Writes how far a room has come.
pub async fn put(tx: &mut Tx<'_>, room: &Room) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO rooms (iteration, chat, number, refusals, name, nonce, intended_at, room, \
        standing) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (iteration) DO UPDATE SET number = excluded.number, \
        refusals = excluded.refusals, name = excluded.name, nonce = excluded.nonce, \
        intended_at = excluded.intended_at, room = excluded.room, standing = excluded.standing";
    let (number, name, intent, id) = match &room.state {
        RoomState::Wanted { number } => (*number, None, None, None),
        RoomState::Intended(intent) => (intent.number, Some(&intent.name), Some(intent), None),
        RoomState::Open { room, name } => (1, Some(name), None, Some(room)),
    };
    on!(tx, c => sqlx::query(SQL)
        .bind(room.iteration.as_str())
        .bind(room.chat.as_str())
        .bind(i64::from(number))
        .bind(i64::from(room.refusals))
        .bind(name)
        .bind(intent.map(|intent| intent.nonce.as_str()))
        .bind(intent.map(|intent| intent.at.as_millis()))
        .bind(id.map(RoomId::as_str))
        .bind(room.standing.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// The room of an iteration.
pub async fn of_iteration(reader: &mut Reader, iteration: &IterationKey) -> Result<Option<Room>, StoreError> {
    const SQL: &str = "SELECT iteration, chat, number, refusals, name, nonce, intended_at, room, standing FROM rooms \
        WHERE iteration = $1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(iteration.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_room).transpose()
}

/// The iteration that a room belongs to.
pub async fn iteration_of(reader: &mut Reader, room: &RoomId) -> Result<Option<IterationKey>, StoreError> {
    const SQL: &str = "SELECT iteration FROM rooms WHERE room = $1";
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

/// How an iteration's room stood to us when it was seen last.
pub async fn standing(reader: &mut Reader, room: &RoomId) -> Result<Standing, StoreError> {
    const SQL: &str = "SELECT standing FROM rooms WHERE room = $1";
    let row: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(room.as_str()).fetch_optional(c).await)?;
    let standing = row.map_or(Some(Standing::Open), |(word,)| Standing::parse(&word));
    standing.ok_or_else(|| StoreError::Corrupt("room standing".to_owned()))
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
}

impl Row {
    fn into_room(self) -> Result<Room, StoreError> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("room of {}: {what}", self.iteration));
        let number = u32::try_from(self.number).map_err(|_| corrupt("number"))?;
        let state = match (self.room, self.nonce, self.intended_at) {
            (Some(room), ..) => RoomState::Open {
                room: RoomId::parse(&room).ok_or_else(|| corrupt("id"))?,
                name: self.name.ok_or_else(|| corrupt("no name"))?,
            },
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
            standing: Standing::parse(&self.standing).ok_or_else(|| StoreError::Corrupt("room standing".to_owned()))?,
            refusals: u32::try_from(self.refusals).unwrap_or(u32::MAX),
        })
    }
}
