//! What was typed into forms that are not sent off yet.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::form::{Account, Filled, Slot};
use crate::domain::{CommandName, Timestamp};

/// Keeps what was typed, unless something that was typed later is kept already.
pub async fn keep(tx: &mut Tx<'_>, by: &Account, filled: &Filled, at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO form_drafts (chat, account, command, body, typed_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (chat, account, command) DO UPDATE SET body = excluded.body, typed_at = excluded.typed_at \
        WHERE form_drafts.typed_at <= excluded.typed_at";
    let values: Vec<(String, &str)> =
        filled.values.iter().map(|(slot, value)| (slot.to_text(), value.as_str())).collect();
    let body = serde_json::to_string(&values).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
    on!(tx, c => sqlx::query(SQL)
        .bind(by.chat.as_str())
        .bind(&by.id)
        .bind(filled.command.as_str())
        .bind(&body)
        .bind(at.as_millis())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// What was typed after `since`, if anything.
pub async fn find(
    reader: &mut Reader,
    by: &Account,
    command: &CommandName,
    since: Timestamp,
) -> Result<Option<Filled>, StoreError> {
    const SQL: &str =
        "SELECT body FROM form_drafts WHERE chat = $1 AND account = $2 AND command = $3 AND typed_at > $4";
    let row: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL)
        .bind(by.chat.as_str())
        .bind(&by.id)
        .bind(command.as_str())
        .bind(since.as_millis())
        .fetch_optional(c)
        .await)?;
    let Some((body,)) = row else { return Ok(None) };
    let values: Vec<(String, String)> =
        serde_json::from_str(&body).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
    let values = values.into_iter().filter_map(|(slot, value)| Some((Slot::parse(&slot)?, value))).collect();
    Ok(Some(Filled { command: command.clone(), values }))
}

/// Forgets what was typed.
pub async fn forget(tx: &mut Tx<'_>, by: &Account, command: &CommandName) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM form_drafts WHERE chat = $1 AND account = $2 AND command = $3";
    on!(tx, c => sqlx::query(SQL)
        .bind(by.chat.as_str())
        .bind(&by.id)
        .bind(command.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
