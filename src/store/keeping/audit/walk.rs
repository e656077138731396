//! Goes through all seals and lines in their order, in little memory however many there are.

use futures::TryStreamExt;

use crate::store::db::{Tx, on};
use crate::store::error::StoreError;
use crate::store::seals::Seal;
use crate::store::seals::read::{self, Numbered, Span};

/// How many seals are in memory at a time.
const SEALS: i64 = 256;

/// What is told on the way.
pub(super) trait Visit {
    /// The next seal, after it and its place in the chain were read; its lines follow.
    fn begin(&mut self, seal: &Seal) -> Result<(), StoreError>;
    /// Whether the lines of these batches are wanted.
    fn wants(&self, seals: &[Seal]) -> bool;
    /// A line; without a seal it waits for one.
    fn line(&mut self, seal: Option<&Seal>, line: &Numbered) -> Result<(), StoreError>;
    /// No more lines of this seal.
    fn end(&mut self, seal: &Seal) -> Result<(), StoreError>;
}

/// Goes through everything.
pub(super) async fn walk(tx: &mut Tx<'_>, visit: &mut impl Visit) -> Result<(), StoreError> {
    let (mut number, mut line) = (i64::MIN, i64::MIN);
    loop {
        let seals = read::seals(tx.driver(), number, SEALS).await?;
        let Some(last) = seals.last() else { break };
        number = last.number;
        line = page(tx, (&seals, line), visit).await?;
    }
    let mut rest = read::lines(tx.driver(), Span { after: line, through: i64::MAX, most: i64::MAX });
    while let Some(found) = rest.try_next().await? {
        visit.line(None, &found)?;
    }
    Ok(())
}

/// Goes through some seals and their lines, which begin after `after`; gives where they end.
async fn page(tx: &mut Tx<'_>, (seals, after): (&[Seal], i64), visit: &mut impl Visit) -> Result<i64, StoreError> {
    let through = seals.iter().filter_map(|seal| seal.last).fold(after, i64::max);
    // What is not wanted is not read.
    let most = if visit.wants(seals) { i64::MAX } else { 0 };
    let mut lines = read::lines(tx.driver(), Span { after, through, most });
    let mut next = lines.try_next().await?;
    for seal in seals {
        visit.begin(seal)?;
        // A seal without lines, or one that was changed, may end anywhere: nothing is skipped by it.
        while let Some(found) = next.take_if(|found| seal.last.is_some_and(|last| found.seq <= last)) {
            visit.line(Some(seal), &found)?;
            next = lines.try_next().await?;
        }
        visit.end(seal)?;
    }
    Ok(through)
}

/// The last seal whose batch was removed; 0 when none was.
pub(super) async fn removed_through(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT max(removed_through) FROM audit_seals";
    let (through,): (Option<i64>,) = on!(tx, c => sqlx::query_as(SQL).fetch_one(c).await)?;
    Ok(through.unwrap_or_default())
}
