//! What the last look at each repository saw.

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use crate::domain::component::RepositoryName;

/// What a look saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// A fingerprint of its branches and their newest commits.
    pub heads: String,
    /// How often something else was seen than the time before.
    pub observation: i64,
}

/// What the last look at a repository saw, if there was one.
pub async fn find(reader: &mut Reader, name: &RepositoryName) -> Result<Option<Look>, StoreError> {
    const SQL: &str = "SELECT heads, observation FROM repositories WHERE name = $1";
    let row: Option<(String, i64)> = on!(reader, c => sqlx::query_as(SQL).bind(name.as_str()).fetch_optional(c).await)?;
    Ok(row.map(|(heads, observation)| Look { heads, observation }))
}

/// Writes what a look saw.
pub async fn put(tx: &mut Tx<'_>, name: &RepositoryName, look: &Look) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO repositories (name, heads, observation) VALUES ($1, $2, $3) \
        ON CONFLICT (name) DO UPDATE SET heads = excluded.heads, observation = excluded.observation";
    on!(tx, c => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(&look.heads)
        .bind(look.observation)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
