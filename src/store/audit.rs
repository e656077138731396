//! Who asked for what, and what was decided: only ever added to.

use sqlx::QueryBuilder;

use super::db::{Reader, Tx, on};
use super::error::StoreError;
use super::rows::runs;
use crate::domain::{EventId, Timestamp, TraceId};

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was decided.
    pub at: Timestamp,
    /// Of which event.
    pub event: EventId,
    /// Who asked, as people read it.
    pub actor: String,
    /// For what; none when the line named no command.
    pub command: Option<String>,
    /// To what.
    pub target: Option<String>,
    /// `changed`, `refused`.
    pub outcome: String,
    /// Why it was refused.
    pub reason: Option<String>,
    /// The version of the rules in force.
    pub rules: String,
    /// The cause that it is found by.
    pub trace: TraceId,
}

/// Adds lines.
pub(super) async fn insert(tx: &mut Tx<'_>, lines: &[&Line]) -> Result<(), StoreError> {
    for run in runs(lines) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO audit (at, event, actor, command, target, outcome, reason, rules, trace) ",
            );
            query.push_values(run, |mut row, line| {
                row.push_bind(line.at.as_millis())
                    .push_bind(line.event.as_str())
                    .push_bind(&line.actor)
                    .push_bind(line.command.as_deref())
                    .push_bind(line.target.as_deref())
                    .push_bind(&line.outcome)
                    .push_bind(line.reason.as_deref())
                    .push_bind(&line.rules)
                    .push_bind(line.trace.as_str());
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// The last lines, newest first.
pub async fn latest(reader: &mut Reader, most: i64) -> Result<Vec<Line>, StoreError> {
    const SQL: &str = "SELECT at, event, actor, command, target, outcome, reason, rules, trace \
        FROM audit ORDER BY seq DESC LIMIT $1";
    let rows: Vec<Row> = on!(reader, c => sqlx::query_as(SQL).bind(most).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Row::into_line).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    event: String,
    actor: String,
    command: Option<String>,
    target: Option<String>,
    outcome: String,
    reason: Option<String>,
    rules: String,
    trace: String,
}

impl Row {
    fn into_line(self) -> Line {
        Line {
            at: Timestamp::from_millis(self.at),
            event: EventId::new(self.event),
            actor: self.actor,
            command: self.command,
            target: self.target,
            outcome: self.outcome,
            reason: self.reason,
            rules: self.rules,
            trace: TraceId::new(self.trace),
        }
    }
}
