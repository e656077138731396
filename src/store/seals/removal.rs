//! Retention of the audit: whole batches that are old go, oldest first; their seals stay, and a seal of its own says what
//! was removed and by which rule, so that a removal is told apart from a deletion that nobody wrote down.
//!
//! The newest batch always stays: a file would give the numbers of lines that are gone to new ones.

use std::time::Duration;

use futures::TryStreamExt;

use super::canon::{self, Body};
use super::read::{self, Span};
use super::{Seal, end, insert};
use crate::domain::Timestamp;
use crate::store::Store;
use crate::store::db::{Reader, Tx, on};
use crate::store::error::StoreError;

/// How many lines one transaction removes, unless one batch has more: nobody is to wait long for the writer.
const MOST: i64 = 1000;

/// How many batches are looked at for it.
const BATCHES: i64 = 256;

/// What is old enough to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Nothing.
    Nothing,
    /// The lines of this batch are not what was sealed: it stays for somebody to look at, and so do all after it.
    Spoiled(i64),
    /// These lines, by this seal.
    Lines {
        /// The number of the last line.
        line: i64,
        /// The number of the last seal whose batch was removed before.
        after: i64,
        /// What is written of it.
        seal: Box<Seal>,
    },
}

/// A batch that still has its lines.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Batch {
    number: i64,
    last: i64,
    lines: i64,
    newest_at: i64,
    body: String,
}

/// Looks which whole batches have only lines from before `keep` ago.
pub async fn removable(store: &Store, keep: Duration) -> Result<Removal, StoreError> {
    let mut reader = store.reader().await?;
    let now = store.clock().now();
    let (through, line) = removed(&mut reader).await?;
    let batches = old(&mut reader, through, now.minus(keep)).await?;
    let Some(newest) = batches.last().cloned() else { return Ok(Removal::Nothing) };
    if let Some(spoiled) = spoiled(&mut reader, line, &batches).await? {
        return Ok(Removal::Spoiled(spoiled));
    }
    let end = end(&mut reader).await?;
    let kept = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
    let mut seal = Seal {
        sealed_at: now.as_millis(),
        removed_through: Some(newest.number),
        kept: Some(kept),
        ..Seal::empty(end.number + 1)
    };
    seal.hash = canon::seal(end.hash.as_deref(), &seal);
    Ok(Removal::Lines { line: newest.last, after: through, seal: Box::new(seal) })
}

/// Removes lines and writes it down, in one transaction.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody else has put a seal meanwhile; nothing was removed.
pub async fn remove(tx: &mut Tx<'_>, (line, after): (i64, i64), seal: &Seal) -> Result<(), StoreError> {
    const LINES: &str = "DELETE FROM audit WHERE seq <= $1";
    const PRINTS: &str = "UPDATE audit_seals SET prints = '' WHERE number > $1 AND number <= $2";
    if !insert(tx, seal).await? {
        return Err(StoreError::Conflict);
    }
    on!(tx, c => sqlx::query(LINES).bind(line).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(PRINTS).bind(after).bind(seal.removed_through).execute(c).await.map(drop))?;
    Ok(())
}

/// The last seal whose batch was removed, and the last line of it.
async fn removed(reader: &mut Reader) -> Result<(i64, i64), StoreError> {
    const SQL: &str = "SELECT number, last FROM audit_seals \
        WHERE number = (SELECT max(removed_through) FROM audit_seals)";
    let row: Option<(i64, Option<i64>)> = on!(reader, c => sqlx::query_as(SQL).fetch_optional(c).await)?;
    Ok(row.map_or((0, 0), |(number, last)| (number, last.unwrap_or_default())))
}

/// The next batches, all whose lines are from before `before`; none that is the newest.
async fn old(reader: &mut Reader, after: i64, before: Timestamp) -> Result<Vec<Batch>, StoreError> {
    const SQL: &str = "SELECT number, last, lines, newest_at, body FROM audit_seals WHERE number > $1 \
        AND last < (SELECT max(last) FROM audit_seals) ORDER BY number LIMIT $2";
    let batches: Vec<Batch> = on!(reader, c => sqlx::query_as(SQL).bind(after).bind(BATCHES).fetch_all(c).await)?;
    let mut lines = 0;
    let fits = |batch: &Batch| {
        let is_first = lines == 0;
        lines += batch.lines;
        batch.newest_at < before.as_millis() && (is_first || lines <= MOST)
    };
    Ok(batches.into_iter().take_while(fits).collect())
}

/// The first of these batches whose lines are not what was sealed; the lines begin after `line`.
async fn spoiled(reader: &mut Reader, line: i64, batches: &[Batch]) -> Result<Option<i64>, StoreError> {
    let mut after = line;
    for batch in batches {
        let span = Span { after, through: batch.last, most: i64::MAX };
        let mut lines = read::lines(reader.driver(), span);
        let mut body = Some(Body::default());
        while let Some(numbered) = lines.try_next().await? {
            match (numbered.digest(), &mut body) {
                (Some(digest), Some(body)) => body.add(&digest),
                _ => body = None,
            }
        }
        if body.is_none_or(|body| body.to_hex() != batch.body) {
            return Ok(Some(batch.number));
        }
        after = batch.last;
    }
    Ok(None)
}
