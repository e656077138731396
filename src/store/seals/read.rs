//! Lines and seals as they stand in the database, whoever wrote them: what cannot be read is told, and is no error.

use futures::stream::{BoxStream, StreamExt};
use sqlx::Row;

use super::Seal;
use super::canon::{self, Digest};
use crate::domain::{EventId, Timestamp, TraceId};
use crate::store::audit::Line;
use crate::store::db::Driver;

/// A line with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Numbered {
    pub(in crate::store) seq: i64,
    /// None when it holds a value that no release writes.
    pub(in crate::store) line: Option<Line>,
}

impl Numbered {
    /// What it comes to.
    pub(in crate::store) fn digest(&self) -> Option<Digest> {
        self.line.as_ref().map(|line| canon::line(self.seq, line))
    }
}

/// Which lines: after the first number, up to the second, so many at most.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Span {
    pub(in crate::store) after: i64,
    pub(in crate::store) through: i64,
    pub(in crate::store) most: i64,
}

/// A driver's own row as a line.
macro_rules! line {
    ($row:expr) => {
        $row.and_then(|row| {
            let line = || -> Result<Line, sqlx::Error> {
                Ok(Line {
                    at: Timestamp::from_millis(row.try_get(1)?),
                    event: EventId::new(row.try_get::<String, _>(2)?),
                    actor: row.try_get(3)?,
                    command: row.try_get(4)?,
                    target: row.try_get(5)?,
                    outcome: row.try_get(6)?,
                    reason: row.try_get(7)?,
                    rules: row.try_get(8)?,
                    trace: TraceId::new(row.try_get::<String, _>(9)?),
                })
            };
            Ok(Numbered { seq: row.try_get(0)?, line: line().ok() })
        })
    };
}

/// The lines of a span, in the order of their numbers.
pub(in crate::store) fn lines(driver: Driver<'_>, span: Span) -> BoxStream<'_, Result<Numbered, sqlx::Error>> {
    const SQL: &str = "SELECT seq, at, event, actor, command, target, outcome, reason, rules, trace FROM audit \
        WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
    let Span { after, through, most } = span;
    match driver {
        Driver::Sqlite(c) => {
            sqlx::query(SQL).bind(after).bind(through).bind(most).fetch(c).map(|row| line!(row)).boxed()
        }
        Driver::Postgres(c) => {
            sqlx::query(SQL).bind(after).bind(through).bind(most).fetch(c).map(|row| line!(row)).boxed()
        }
    }
}

/// Stands for a value that cannot be read: no seal has it, so that the seal is found to be changed.
const UNREADABLE: i64 = i64::MIN;

/// A driver's own row as a seal.
macro_rules! seal {
    ($row:expr) => {
        $row.and_then(|row| {
            let number = |place: usize| row.try_get::<i64, _>(place).unwrap_or(UNREADABLE);
            let maybe = |place: usize| row.try_get::<Option<i64>, _>(place).unwrap_or(Some(UNREADABLE));
            let text = |place: usize| row.try_get::<String, _>(place).unwrap_or_else(|_| "unreadable".to_owned());
            Ok(Seal {
                number: row.try_get(0)?,
                sealed_at: number(1),
                first: maybe(2),
                last: maybe(3),
                lines: number(4),
                newest_at: maybe(5),
                removed_through: maybe(6),
                kept: maybe(7),
                body: text(8),
                hash: text(9),
                prints: text(10),
            })
        })
    };
}

/// The next `most` seals after a number.
pub(in crate::store) async fn seals(driver: Driver<'_>, after: i64, most: i64) -> Result<Vec<Seal>, sqlx::Error> {
    const SQL: &str = "SELECT number, sealed_at, first, last, lines, newest_at, removed_through, kept, body, hash, \
        prints FROM audit_seals WHERE number > $1 ORDER BY number LIMIT $2";
    match driver {
        Driver::Sqlite(c) => {
            let rows = sqlx::query(SQL).bind(after).bind(most).fetch_all(c).await?;
            rows.into_iter().map(|row| seal!(Ok::<_, sqlx::Error>(row))).collect()
        }
        Driver::Postgres(c) => {
            let rows = sqlx::query(SQL).bind(after).bind(most).fetch_all(c).await?;
            rows.into_iter().map(|row| seal!(Ok::<_, sqlx::Error>(row))).collect()
        }
    }
}
