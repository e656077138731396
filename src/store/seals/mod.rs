//! Seals over the audit. Decisions write plain lines; one process among all seals what has come, a batch at a time, each
//! seal over its lines and the seal before it. So a line that is changed, taken out or put in by hand is found, and a
//! seal that is kept elsewhere shows whether all of them were written anew.
//!
//! What is sealed never gets a line in between: on a file seq is the order of commits; on a server a batch ends at a
//! line before which no open transaction can still write one (see [`Sealer`]).

pub(in crate::store) mod canon;
pub(in crate::store) mod prints;
pub(in crate::store) mod read;
mod removal;
mod sealer;

pub use removal::{Removal, removable, remove};
pub use sealer::{Gathered, MOST, Sealer};

use super::db::{Reader, Tx, on};
use super::error::StoreError;

/// A seal as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 and so on, without a gap.
    pub number: i64,
    /// When it was made, in milliseconds.
    pub sealed_at: i64,
    /// The number of the first line of its batch; none when it tells of a removal.
    pub first: Option<i64>,
    /// The number of its last.
    pub last: Option<i64>,
    /// How many there are; the database may leave numbers out.
    pub lines: i64,
    /// When the latest of them was decided, in milliseconds.
    pub newest_at: Option<i64>,
    /// Up to the batch of which seal the lines were removed.
    pub removed_through: Option<i64>,
    /// How many milliseconds lines were to be kept by then.
    pub kept: Option<i64>,
    /// What the lines come to.
    pub body: String,
    /// What the seal comes to, with the one before it.
    pub hash: String,
    /// A fingerprint of each line, until they are removed.
    pub prints: String,
}

impl Seal {
    /// A seal of a batch, before anything is known of its lines.
    pub(in crate::store) fn of_lines(number: i64, (first, last): (i64, i64)) -> Self {
        Self { first: Some(first), last: Some(last), ..Self::empty(number) }
    }

    /// A seal over nothing.
    fn empty(number: i64) -> Self {
        Self {
            number,
            sealed_at: 0,
            first: None,
            last: None,
            lines: 0,
            newest_at: None,
            removed_through: None,
            kept: None,
            body: canon::Body::default().to_hex(),
            hash: String::new(),
            prints: String::new(),
        }
    }
}

/// Where the chain ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct End {
    /// The number of the last seal; 0 when there is none.
    pub(in crate::store) number: i64,
    /// Its hash.
    pub(in crate::store) hash: Option<String>,
    /// The last line that is sealed; 0 when none is.
    pub(in crate::store) line: i64,
}

/// Where the chain ends now.
async fn end(reader: &mut Reader) -> Result<End, StoreError> {
    const SQL: &str = "SELECT number, hash, (SELECT max(last) FROM audit_seals) FROM audit_seals \
        ORDER BY number DESC LIMIT 1";
    let row: Option<(i64, String, Option<i64>)> = on!(reader, c => sqlx::query_as(SQL).fetch_optional(c).await)?;
    Ok(row.map_or_else(End::default, |(number, hash, line)| End {
        number,
        hash: Some(hash),
        line: line.unwrap_or_default(),
    }))
}

/// Adds a seal, unless there is one of that number already: then somebody else was faster, and nothing is changed.
async fn insert(tx: &mut Tx<'_>, seal: &Seal) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO audit_seals (number, sealed_at, first, last, lines, newest_at, removed_through, \
        kept, body, hash, prints) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    let added = on!(tx, c => sqlx::query(SQL)
        .bind(seal.number)
        .bind(seal.sealed_at)
        .bind(seal.first)
        .bind(seal.last)
        .bind(seal.lines)
        .bind(seal.newest_at)
        .bind(seal.removed_through)
        .bind(seal.kept)
        .bind(&seal.body)
        .bind(&seal.hash)
        .bind(&seal.prints)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}
