//! Login links, sessions and API tokens. Only the hash of a secret is stored.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::{PersonId, Timestamp};

/// What a secret is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Opens one session, once.
    LoginLink,
    /// A browser's cookie.
    Session,
    /// A script's bearer token.
    Token,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::LoginLink => "login_link",
            Self::Session => "session",
            Self::Token => "token",
        }
    }

    /// Whether it is the stored word of one.
    pub(super) fn is_word(word: &str) -> bool {
        [Self::LoginLink, Self::Session, Self::Token].iter().any(|kind| kind.as_str() == word)
    }
}

/// A secret's row.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The secret's hash.
    pub hash: String,
    /// What it is good for.
    pub kind: Kind,
    /// Whose it is.
    pub person: PersonId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Adds a credential.
pub async fn add(tx: &mut Tx<'_>, credential: &Credential) -> Result<(), StoreError> {
    const SQL: &str =
        "INSERT INTO credentials (hash, kind, person, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    on!(tx, c => sqlx::query(SQL)
        .bind(&credential.hash)
        .bind(credential.kind.as_str())
        .bind(credential.person.as_str())
        .bind(credential.created_at.as_millis())
        .bind(credential.expires_at.as_millis())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Whose credential this is, if it is good now.
pub async fn holder(
    reader: &mut Reader,
    hash: &str,
    kind: Kind,
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    const SQL: &str = "SELECT person FROM credentials WHERE hash = $1 AND kind = $2 AND expires_at > $3";
    let row: Option<(String,)> = on!(reader, c => sqlx::query_as(SQL)
        .bind(hash)
        .bind(kind.as_str())
        .bind(now.as_millis())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(person,)| PersonId::new(person)))
}

/// Uses a credential up: gives its holder once, and never again.
pub async fn use_up(tx: &mut Tx<'_>, hash: &str, kind: Kind, now: Timestamp) -> Result<Option<PersonId>, StoreError> {
    const SQL: &str = "DELETE FROM credentials WHERE hash = $1 AND kind = $2 AND expires_at > $3 RETURNING person";
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(hash)
        .bind(kind.as_str())
        .bind(now.as_millis())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(person,)| PersonId::new(person)))
}

/// Forgets what is good for nothing any more.
pub async fn forget_expired(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM credentials WHERE expires_at <= $1";
    on!(tx, c => sqlx::query(SQL).bind(now.as_millis()).execute(c).await.map(drop))?;
    Ok(())
}
