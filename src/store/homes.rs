//! Where processes live, and since when nobody there was heard of.

use super::db::{Reader, on};
use super::error::StoreError;
use crate::domain::{HomeId, Timestamp};

/// A home.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// Its machine's name, for people.
    pub machine: String,
    gone_at: Option<i64>,
}

impl Found {
    /// Since when no process that lives there was heard of; none while one is.
    pub fn gone_at(&self) -> Option<Timestamp> {
        self.gone_at.map(Timestamp::from_millis)
    }
}

/// A home, if a process ever lived there.
pub async fn find(reader: &mut Reader, id: &HomeId) -> Result<Option<Found>, StoreError> {
    const SQL: &str = "SELECT machine, gone_at FROM homes WHERE id = $1";
    Ok(on!(reader, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?)
}
