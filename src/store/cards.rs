//! Cards: wishes, intents, and which message each is.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::card::{CardId, CardRow, CardState, Subject};
use crate::domain::{MessageId, RoomId, Timestamp};

/// Writes how far a card has come; what it shows is not the steward's to say. That it is in a room which its iteration
/// has left meanwhile is not written: it may be wanted in the next one since.
pub async fn put(tx: &mut Tx<'_>, card: &CardRow) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO cards (id, subject, nonce, intended_at, room, message, shown) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET nonce = excluded.nonce, \
        intended_at = excluded.intended_at, room = excluded.room, message = excluded.message, shown = excluded.shown \
        WHERE excluded.room IS NULL OR excluded.room NOT IN (SELECT room FROM former_rooms)";
    let (nonce, at, room, message) = match &card.state {
        CardState::Wanted => (None, None, None, None),
        CardState::Intended { nonce, at } => (Some(nonce.as_str()), Some(at.as_millis()), None, None),
        CardState::Posted { room, message } => (None, None, Some(room.as_str()), Some(message.as_str())),
    };
    on!(tx, c => sqlx::query(SQL)
        .bind(card.id.as_str())
        .bind(card.subject.to_text())
        .bind(nonce)
        .bind(at)
        .bind(room)
        .bind(message)
        .bind(card.shown.as_deref())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Wishes for a card, or has one show something else; how far it has come stays.
pub(super) async fn wish(tx: &mut Tx<'_>, card: &CardRow) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO cards (id, subject) VALUES ($1, $2) \
        ON CONFLICT (id) DO UPDATE SET subject = excluded.subject";
    on!(tx, c => sqlx::query(SQL).bind(card.id.as_str()).bind(card.subject.to_text()).execute(c).await.map(drop))?;
    Ok(())
}

/// A card.
pub async fn find(reader: &mut Reader, id: &CardId) -> Result<Option<CardRow>, StoreError> {
    const SQL: &str = "SELECT id, subject, nonce, intended_at, room, message, shown FROM cards WHERE id = $1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(Row::into_card).transpose()
}

/// The newest card that shows `subject`.
pub async fn showing(reader: &mut Reader, subject: &Subject) -> Result<Option<CardRow>, StoreError> {
    const SQL: &str = "SELECT id, subject, nonce, intended_at, room, message, shown FROM cards WHERE subject = $1 \
        ORDER BY id DESC LIMIT 1";
    let row: Option<Row> = on!(reader, c => sqlx::query_as(SQL).bind(subject.to_text()).fetch_optional(c).await)?;
    row.map(Row::into_card).transpose()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    subject: String,
    nonce: Option<String>,
    intended_at: Option<i64>,
    room: Option<String>,
    message: Option<String>,
    shown: Option<String>,
}

impl Row {
    fn into_card(self) -> Result<CardRow, StoreError> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("card {}: {what}", self.id));
        let state = match (self.room, self.message, self.nonce, self.intended_at) {
            (Some(room), Some(message), ..) => CardState::Posted {
                room: RoomId::parse(&room).ok_or_else(|| corrupt("room"))?,
                message: MessageId::new(message),
            },
            (_, _, Some(nonce), Some(at)) => CardState::Intended { nonce, at: Timestamp::from_millis(at) },
            _ => CardState::Wanted,
        };
        Ok(CardRow {
            subject: Subject::parse(&self.subject).ok_or_else(|| corrupt("subject"))?,
            id: CardId::new(self.id),
            state,
            shown: self.shown,
        })
    }
}
