//! The console's own platform: rooms, and all that is said in them.

use std::collections::HashMap;

use sqlx::QueryBuilder;

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use super::rows::runs;
use crate::card::model::Content;
use crate::domain::marked::Marked;
use crate::domain::{PersonId, Timestamp};
use crate::event::raw::Talk;

/// A room of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The console's own id.
    pub id: String,
    /// What people read; unique.
    pub name: String,
    /// One line under the name.
    pub topic: String,
}

/// A message of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The room's own id.
    pub room: String,
    /// The thread it stands in.
    pub thread: Option<String>,
    /// Seen by this person alone.
    pub only_for: Option<PersonId>,
    /// Who wrote it; none is Chamberlain.
    pub author: Option<PersonId>,
    /// Dev profile only: as whom.
    pub acting_as: Option<PersonId>,
    /// What it says.
    pub body: Content,
    /// Finds it again after a lost answer.
    pub nonce: Option<String>,
    /// When it was posted first.
    pub posted_at: Timestamp,
}

/// A message as a page reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The message.
    pub message: Message,
    /// Its place among all messages.
    pub seq: i64,
    /// The place of its last change among all changes: what a page that was away goes on from.
    pub changed: i64,
}

/// Makes a room unless there is one of that id or name.
pub async fn ensure_room(tx: &mut Tx<'_>, room: &Room, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO console_rooms (id, name, topic, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT DO NOTHING";
    on!(tx, c => sqlx::query(SQL)
        .bind(&room.id)
        .bind(&room.name)
        .bind(&room.topic)
        .bind(now.as_millis())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Makes a room for an intent; false when another has the name.
pub async fn make_room(tx: &mut Tx<'_>, room: &Room, nonce: &str, now: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO console_rooms (id, name, topic, created_at, nonce) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT DO NOTHING";
    let made = on!(tx, c => sqlx::query(SQL)
        .bind(&room.id)
        .bind(&room.name)
        .bind(&room.topic)
        .bind(now.as_millis())
        .bind(nonce)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(made == 1)
}

/// The room that was made with this nonce.
pub async fn find_room_by_nonce(reader: &mut Reader, nonce: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT id FROM console_rooms WHERE nonce = $1";
    let row: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(nonce).fetch_optional(c).await)?;
    Ok(row.map(|(id,)| id))
}

/// Who is in a room, by id.
pub async fn members(reader: &mut Reader, room: &str) -> Result<Vec<PersonId>, StoreError> {
    const SQL: &str = "SELECT person FROM console_members WHERE room = $1 ORDER BY person";
    let rows: Vec<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(room).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(person,)| PersonId::new(person)).collect())
}

/// Brings people in.
pub async fn add_members(tx: &mut Tx<'_>, room: &str, people: &[PersonId]) -> Result<(), StoreError> {
    for run in runs(people) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO console_members (room, person) ");
            query.push_values(run, |mut row, person| {
                row.push_bind(room).push_bind(person.as_str());
            });
            query.push(" ON CONFLICT DO NOTHING");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Takes a person out.
pub async fn remove_member(tx: &mut Tx<'_>, room: &str, person: &PersonId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM console_members WHERE room = $1 AND person = $2";
    on!(tx, c => sqlx::query(SQL).bind(room).bind(person.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Pins a message on top of its room.
pub async fn pin(tx: &mut Tx<'_>, room: &str, message: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE console_rooms SET pinned = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(room).bind(message).execute(c).await.map(drop))?;
    Ok(())
}

/// Puts words under a room's name.
pub async fn set_topic(tx: &mut Tx<'_>, room: &str, topic: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE console_rooms SET topic = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(room).bind(topic).execute(c).await.map(drop))?;
    Ok(())
}

/// The message pinned on top of a room.
pub async fn pinned(reader: &mut Reader, room: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT pinned FROM console_rooms WHERE id = $1";
    let row: Option<(Option<String>,)> = on!(reader, c => sqlx::query_as(SQL).bind(room).fetch_optional(c).await)?;
    Ok(row.and_then(|(pinned,)| pinned))
}

/// Puts other content into a message.
pub async fn edit(tx: &mut Tx<'_>, id: &str, body: &Content) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE console_messages SET body = $2, \
        changed = (SELECT coalesce(max(changed), 0) + 1 FROM console_messages) WHERE id = $1";
    let body = serde_json::to_string(body)?;
    on!(tx, c => sqlx::query(SQL).bind(id).bind(body).execute(c).await.map(drop))?;
    Ok(())
}

/// The room of this id, or else of this name.
pub async fn room(reader: &mut Reader, wanted: &str) -> Result<Option<Room>, StoreError> {
    const SQL: &str = "SELECT id, name, topic FROM console_rooms WHERE id = $1 OR name = $1 \
        ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END LIMIT 1";
    let row: Option<(String, String, String)> =
        on!(reader, c => sqlx::query_as(SQL).bind(wanted).fetch_optional(c).await)?;
    Ok(row.map(|(id, name, topic)| Room { id, name, topic }))
}

/// All rooms, by name.
pub async fn rooms(reader: &mut Reader) -> Result<Vec<Room>, StoreError> {
    const SQL: &str = "SELECT id, name, topic FROM console_rooms ORDER BY name";
    let rows: Vec<(String, String, String)> = on!(reader, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, name, topic)| Room { id, name, topic }).collect())
}

/// Adds what people typed.
pub(super) async fn insert_talk(tx: &mut Tx<'_>, talks: &[(&Talk, Timestamp)]) -> Result<(), StoreError> {
    let message = |(talk, at): &(&Talk, Timestamp)| Message {
        id: talk.id.clone(),
        room: talk.room.clone(),
        thread: talk.thread.clone(),
        only_for: None,
        author: Some(talk.author.clone()),
        acting_as: talk.acting_as.clone(),
        body: Content::Text(Marked::plain(&talk.text)),
        nonce: None,
        posted_at: *at,
    };
    let messages: Vec<Message> = talks.iter().map(message).collect();
    insert(tx, &messages).await
}

/// Adds messages. One with a nonce that is already there is left out.
pub async fn insert(tx: &mut Tx<'_>, messages: &[Message]) -> Result<(), StoreError> {
    for run in runs(messages) {
        let bodies = run.iter().map(|message| serde_json::to_string(&message.body)).collect::<Result<Vec<_>, _>>()?;
        let rows: Vec<_> = run.iter().zip(bodies).enumerate().collect();
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO console_messages \
                 (id, room, thread, only_for, author, acting_as, body, nonce, posted_at, changed) ",
            );
            query.push_values(&rows, |mut row, (number, (message, body))| {
                row.push_bind(&message.id)
                    .push_bind(&message.room)
                    .push_bind(message.thread.as_deref())
                    .push_bind(message.only_for.as_ref().map(PersonId::as_str))
                    .push_bind(message.author.as_ref().map(PersonId::as_str))
                    .push_bind(message.acting_as.as_ref().map(PersonId::as_str))
                    .push_bind(body)
                    .push_bind(message.nonce.as_deref())
                    .push_bind(message.posted_at.as_millis())
                    .push_unseparated(", (SELECT coalesce(max(changed), 0) + 1 + ")
                    .push_bind_unseparated(i64::try_from(*number).unwrap_or_default())
                    .push_unseparated(" FROM console_messages)");
            });
            query.push(" ON CONFLICT (nonce) DO NOTHING");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// The message that was posted with this nonce.
pub async fn find_by_nonce(reader: &mut Reader, nonce: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT id FROM console_messages WHERE nonce = $1";
    let row: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL).bind(nonce).fetch_optional(c).await)?;
    Ok(row.map(|(id,)| id))
}

/// A message.
pub async fn message(reader: &mut Reader, id: &str) -> Result<Option<Message>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM console_messages WHERE id = $1");
    let row: Option<Row> = on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Row::into_posted).transpose()?.map(|posted| posted.message))
}

/// The messages of a room that a person may see.
const SEEN: &str = "room = $1 AND (only_for IS NULL OR only_for = $2)";
/// The columns of a message, as [`Row`] reads them.
const COLUMNS: &str = "seq, id, room, thread, only_for, author, acting_as, body, nonce, posted_at, changed";

/// The last messages of a room that `reads` may see, oldest first.
pub async fn latest(reader: &mut Reader, room: &str, reads: &PersonId, most: i64) -> Result<Vec<Posted>, StoreError> {
    before(reader, (room, reads), i64::MAX, most).await
}

/// The last of them before the message at `seq`, oldest first.
pub async fn before(
    reader: &mut Reader,
    (room, reads): (&str, &PersonId),
    seq: i64,
    most: i64,
) -> Result<Vec<Posted>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM console_messages WHERE {SEEN} AND seq < $3 ORDER BY seq DESC LIMIT $4");
    let mut posted = read(reader, sql, (room, reads), (seq, most)).await?;
    posted.reverse();
    Ok(posted)
}

/// What was posted or edited after the change `changed`, in the order of the changes.
pub async fn since(
    reader: &mut Reader,
    (room, reads): (&str, &PersonId),
    changed: i64,
    most: i64,
) -> Result<Vec<Posted>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM console_messages WHERE {SEEN} AND changed > $3 ORDER BY changed LIMIT $4");
    read(reader, sql, (room, reads), (changed, most)).await
}

async fn read(
    reader: &mut Reader,
    sql: String,
    (room, reads): (&str, &PersonId),
    (from, most): (i64, i64),
) -> Result<Vec<Posted>, StoreError> {
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(room)
        .bind(reads.as_str())
        .bind(from)
        .bind(most)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Row::into_posted).collect()
}

/// A thread that `reads` may see: the message that it stands under, and its replies; oldest first.
pub async fn thread(
    reader: &mut Reader,
    (room, reads): (&str, &PersonId),
    first: &str,
) -> Result<Vec<Posted>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM console_messages WHERE {SEEN} AND (id = $3 OR thread = $3) ORDER BY seq");
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(room)
        .bind(reads.as_str())
        .bind(first)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Row::into_posted).collect()
}

/// The newest change of all.
pub async fn newest_change(reader: &mut Reader) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT coalesce(max(changed), 0) FROM console_messages";
    let (changed,): (i64,) = on!(reader, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(changed)
}

/// How many replies stand in each thread of a room.
pub async fn replies(reader: &mut Reader, room: &str, reads: &PersonId) -> Result<HashMap<String, i64>, StoreError> {
    const SQL: &str = "SELECT thread, count(*) FROM console_messages WHERE room = $1 AND thread IS NOT NULL \
        AND (only_for IS NULL OR only_for = $2) GROUP BY thread";
    let rows: Vec<(String, i64)> =
        on!(reader, c => sqlx::query_as(SQL).bind(room).bind(reads.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// How many messages of others a person has not read, by room.
pub async fn unread(reader: &mut Reader, person: &PersonId) -> Result<HashMap<String, i64>, StoreError> {
    const SQL: &str = "SELECT m.room, count(*) FROM console_messages AS m \
        LEFT JOIN console_reads AS r ON r.room = m.room AND r.person = $1 WHERE m.seq > coalesce(r.seq, 0) \
        AND (m.only_for IS NULL OR m.only_for = $1) AND (m.author IS NULL OR m.author <> $1) GROUP BY m.room";
    let rows: Vec<(String, i64)> = on!(reader, c => sqlx::query_as(SQL).bind(person.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// Notes that a person has read a room up to a message.
pub async fn read_up_to(tx: &mut Tx<'_>, room: &str, person: &PersonId, seq: i64) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO console_reads (room, person, seq) VALUES ($1, $2, $3) \
        ON CONFLICT (room, person) DO UPDATE SET seq = \
        CASE WHEN console_reads.seq > excluded.seq THEN console_reads.seq ELSE excluded.seq END";
    on!(tx, c => sqlx::query(SQL).bind(room).bind(person.as_str()).bind(seq).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: String,
    room: String,
    thread: Option<String>,
    only_for: Option<String>,
    author: Option<String>,
    acting_as: Option<String>,
    body: String,
    nonce: Option<String>,
    posted_at: i64,
    changed: i64,
}

impl Row {
    fn into_posted(self) -> Result<Posted, StoreError> {
        let message = Message {
            id: self.id,
            room: self.room,
            thread: self.thread,
            only_for: self.only_for.map(PersonId::new),
            author: self.author.map(PersonId::new),
            acting_as: self.acting_as.map(PersonId::new),
            body: serde_json::from_str(&self.body)?,
            nonce: self.nonce,
            posted_at: Timestamp::from_millis(self.posted_at),
        };
        Ok(Posted { message, seq: self.seq, changed: self.changed })
    }
}
