//! Tells whether a database is whole: its pages, its schema, and what holds between its rows. It only reads.

use std::fmt;

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};

use super::copy::counters;
use super::error::KeepingError;
use super::look::{self, Looker};
use super::rules::{RULES, Rule, WORDS, Word};
use super::tables::{self, Kind, Table, quote};
use crate::domain::Timestamp;
use crate::store::db::{Driver, Tx, Url, on};
use crate::store::error::StoreError;
use crate::store::retention;

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many tables.
    pub tables: usize,
    /// How many rows they have.
    pub rows: i64,
    /// Nothing when it is whole.
    pub findings: Vec<Finding>,
}

/// Something that should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The table, or `database` for all of it.
    pub table: String,
    /// What is wrong: how many rows, and the key of one.
    pub told: String,
    /// What to do.
    pub to_do: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}. {}", self.table, self.told, self.to_do)
    }
}

impl Checked {
    /// What stands on broken pages cannot be trusted, nor can what it is compared with: nothing else is looked at.
    fn broken(pages: Vec<String>) -> Self {
        let finding = |told| Finding {
            table: "database".to_owned(),
            told,
            to_do: "Restore a backup that is whole, and look after the disk.".to_owned(),
        };
        Self { tables: 0, rows: 0, findings: pages.into_iter().map(finding).collect() }
    }
}

/// Checks the database at `url`, as it is at `now`.
///
/// # Errors
/// It cannot be used, is none of Chamberlain's, or not of this release.
pub async fn check(url: &Url, now: Timestamp) -> Result<Checked, KeepingError> {
    let mut looker = match look::open(url).await {
        Ok(looker) => looker,
        Err(KeepingError::Damaged { told, .. }) => return Ok(Checked::broken(vec![told])),
        Err(other) => return Err(other),
    };
    looker.hold_still().await?;
    let pages = looker.wrong_pages().await?;
    if !pages.is_empty() {
        return Ok(Checked::broken(pages));
    }
    let checked = Check::over(&mut looker, now).await;
    checked.map_err(|cause| looker.failed(cause))
}

struct Check<'t> {
    tx: Tx<'t>,
    tables: Vec<Table>,
    findings: Vec<Finding>,
}

impl<'t> Check<'t> {
    async fn over(looker: &'t mut Looker, now: Timestamp) -> Result<Checked, StoreError> {
        let tables = tables::of_release().await?;
        let mut check = Self { tx: looker.tx(), tables, findings: Vec::new() };
        check.schema().await?;
        if !check.findings.is_empty() {
            return Ok(Checked { tables: 0, rows: 0, findings: check.findings });
        }
        let mut rows = 0;
        for table in check.tables.clone() {
            rows += check.count(&table).await?;
            check.kinds(&table).await?;
        }
        check.foreign_keys().await?;
        for rule in RULES {
            check.rule(rule, now).await?;
        }
        for word in WORDS {
            check.word(word).await?;
        }
        check.counters().await?;
        Ok(Checked { tables: check.tables.len(), rows, findings: check.findings })
    }

    fn found(&mut self, table: &str, told: String, to_do: impl Into<String>) {
        self.findings.push(Finding { table: table.to_owned(), told, to_do: to_do.into() });
    }

    /// Whether every table, column and index of this release is there.
    async fn schema(&mut self) -> Result<(), StoreError> {
        let columns = tables::columns(&mut self.tx).await?;
        let wanted: Vec<String> = self
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)))
            .collect();
        let lost = |wanted: &[String], found: &[String]| {
            wanted.iter().filter(|name| !found.contains(name)).cloned().collect::<Vec<_>>().join(", ")
        };
        let columns = lost(&wanted, &columns);
        if !columns.is_empty() {
            self.found("database", format!("it lacks {columns}"), "Restore a backup that is whole.");
        }
        let indexes = lost(&tables::indexes_of_release().await?, &tables::indexes(&mut self.tx).await?);
        if !indexes.is_empty() {
            self.found(
                "database",
                format!("it lacks the index {indexes}, which keeps things apart or fast"),
                "Copy it into an empty database with `chamberlain store copy`, which has them all, and use that one.",
            );
        }
        Ok(())
    }

    async fn count(&mut self, table: &Table) -> Result<i64, StoreError> {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {}", quote(&table.name)));
        let (rows,): (i64,) = on!(self.tx, c => sqlx::query_as(sql).fetch_one(c).await)?;
        Ok(rows)
    }

    /// SQLite takes any value into any column; PostgreSQL does not.
    async fn kinds(&mut self, table: &Table) -> Result<(), StoreError> {
        if matches!(self.tx.driver(), Driver::Postgres(_)) {
            return Ok(());
        }
        let odd = |name: &str, kind: Kind| {
            let kind = match kind {
                Kind::Number => "integer",
                Kind::Text => "text",
            };
            format!("typeof({}) NOT IN ('{kind}', 'null')", quote(name))
        };
        let odd: Vec<String> = table.columns.iter().map(|column| odd(&column.name, column.kind)).collect();
        let told = "with a value of another kind than its column's";
        self.rows(table, (&odd.join(" OR "), told, "Restore a backup that is whole."), Timestamp::ZERO).await
    }

    async fn foreign_keys(&mut self) -> Result<(), StoreError> {
        let Driver::Sqlite(conn) = self.tx.driver() else { return Ok(()) };
        let rows = sqlx::query("PRAGMA foreign_key_check").fetch_all(conn).await?;
        for row in rows {
            let (table, of): (String, String) = (row.try_get(0)?, row.try_get(2)?);
            let told = format!("a row refers to one of `{of}` that is not there");
            self.found(&table, told, "Restore a backup that is whole.");
        }
        Ok(())
    }

    async fn rule(&mut self, rule: &Rule, now: Timestamp) -> Result<(), StoreError> {
        let Some(table) = self.tables.iter().find(|table| table.name == rule.table).cloned() else {
            return Ok(());
        };
        self.rows(&table, (rule.wrong, rule.told, rule.to_do), now.minus(retention::KEYS)).await
    }

    /// Looks for the rows of a table that are wrong.
    async fn rows(
        &mut self,
        table: &Table,
        (wrong, told, to_do): (&str, &str, &str),
        remembered: Timestamp,
    ) -> Result<(), StoreError> {
        // A statement without `$1` must not be given one.
        let is_timed = wrong.contains("$1");
        let key = table.key_text();
        let sql = format!("SELECT count(*), min({key}) FROM {} this WHERE {wrong}", quote(&table.name));
        let (rows, key): (i64, Option<String>) = on!(self.tx, c => {
            let query = sqlx::query_as(AssertSqlSafe(sql));
            let query = if is_timed { query.bind(remembered.as_millis()) } else { query };
            query.fetch_one(c).await
        })?;
        if rows > 0 {
            let (counted, key) = (counted(rows), key.unwrap_or_default());
            self.found(&table.name, format!("{counted} {told}, for instance `{key}`"), to_do);
        }
        Ok(())
    }

    /// Looks for words that no release wrote. Each word is read once, however many rows have it.
    async fn word(&mut self, word: &Word) -> Result<(), StoreError> {
        let Word { table, column, is_known } = word;
        let sql = AssertSqlSafe(format!(
            "SELECT {column}, count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"
        ));
        let mut unknown: Vec<(String, i64)> = Vec::new();
        on!(self.tx, c => {
            let mut words = sqlx::query_as::<_, (String, i64)>(sql).fetch(c);
            while let Some((word, rows)) = words.try_next().await? {
                if !is_known(&word) {
                    unknown.push((word, rows));
                }
            }
        });
        for (word, rows) in unknown {
            let told = format!("{} where `{column}` is `{word}`, which no release writes", counted(rows));
            self.found(table, told, "Somebody has written past Chamberlain: restore a backup that is whole.");
        }
        Ok(())
    }

    /// A counter that lags behind gives a number that is taken: after a restore by hand, for instance.
    async fn counters(&mut self) -> Result<(), StoreError> {
        let Driver::Postgres(conn) = self.tx.driver() else { return Ok(()) };
        let mut late = Vec::new();
        for (table, column) in counters(conn, &self.tables).await? {
            let sql = "SELECT pg_get_serial_sequence($1, $2)";
            let (sequence,): (String,) =
                sqlx::query_as(sql).bind(quote(&table)).bind(&column).fetch_one(&mut *conn).await?;
            // The counter's name comes quoted from the database itself.
            let sql = format!(
                "SELECT coalesce((SELECT max({}) FROM {}), 0) >= last_value + (CASE WHEN is_called THEN 1 ELSE 0 END) \
                 FROM {sequence}",
                quote(&column),
                quote(&table)
            );
            let (is_late,): (bool,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut *conn).await?;
            if is_late {
                late.push((table, column));
            }
        }
        for (table, column) in late {
            let to_do = format!(
                "Stop Chamberlain and type in psql: SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table};"
            );
            let told = format!("the counter of `{column}` is behind: the next row would get a number that is taken");
            self.found(&table, told, to_do);
        }
        Ok(())
    }
}

fn counted(rows: i64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}
