//! Rows of any table, read and written value by value, and a checksum that is the same on both databases.

use std::fmt;

use futures::stream::{BoxStream, StreamExt};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, QueryBuilder, Row};

use super::tables::{Kind, Table, quote};
use crate::store::db::{Driver, Tx, on};
use crate::store::rows::runs;

/// A value as both databases know it; none where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
}

impl Value {
    /// About how much memory it takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Number(_) => size_of::<Self>(),
            Self::Text(text) => size_of::<Self>() + text.as_ref().map_or(0, String::len),
        }
    }
}

/// How many rows a table has, and what they come to.
#[derive(Clone)]
pub struct Sum {
    rows: u64,
    hash: Sha256,
}

impl Sum {
    /// Of no rows, of a table with these columns.
    pub(super) fn of(table: &Table) -> Self {
        Self { rows: 0, hash: Sha256::new().chain_update(table.column_list()) }
    }

    /// Each value says what it is and how long, so that no two rows come to the same bytes.
    pub(super) fn add(&mut self, row: &[Value]) {
        self.rows += 1;
        for value in row {
            match value {
                Value::Number(None) | Value::Text(None) => self.hash.update(b"-"),
                Value::Number(Some(number)) => {
                    self.hash.update(b"n");
                    self.hash.update(number.to_be_bytes());
                }
                Value::Text(Some(text)) => {
                    self.hash.update(b"t");
                    self.hash.update((text.len() as u64).to_be_bytes());
                    self.hash.update(text);
                }
            }
        }
    }

    /// How many rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

impl PartialEq for Sum {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows && self.hash.clone().finalize() == other.hash.clone().finalize()
    }
}

impl Eq for Sum {}

impl fmt::Display for Sum {
    /// The checksum's first half: enough to tell that two differ, short enough to read.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hash.clone().finalize().iter().take(16).try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} rows, {self}", self.rows)
    }
}

/// The values of a driver's own row.
macro_rules! decode {
    ($row:expr, $table:expr) => {
        $row.and_then(|row| {
            let value = |(place, kind): (usize, Kind)| match kind {
                Kind::Number => row.try_get::<Option<i64>, _>(place).map(Value::Number),
                Kind::Text => row.try_get::<Option<String>, _>(place).map(Value::Text),
            };
            $table.columns.iter().map(|column| column.kind).enumerate().map(value).collect()
        })
    };
}

/// All rows of a table in the order of its key, byte for byte, whatever order the database's language has.
pub(super) fn read<'t>(tx: &'t mut Tx<'_>, table: &'t Table) -> BoxStream<'t, Result<Vec<Value>, sqlx::Error>> {
    match tx.driver() {
        Driver::Sqlite(conn) => {
            sqlx::query(AssertSqlSafe(select(table, "BINARY"))).fetch(conn).map(|row| decode!(row, table)).boxed()
        }
        Driver::Postgres(conn) => {
            sqlx::query(AssertSqlSafe(select(table, "\"C\""))).fetch(conn).map(|row| decode!(row, table)).boxed()
        }
    }
}

fn select(table: &Table, order: &str) -> String {
    let is_text = |name: &String| table.columns.iter().any(|column| column.name == *name && column.kind == Kind::Text);
    let key = |name: &String| {
        if is_text(name) { format!("{} COLLATE {order}", quote(name)) } else { quote(name) }
    };
    let keys: Vec<String> = table.key.iter().map(key).collect();
    format!("SELECT {} FROM {} ORDER BY {}", table.column_list(), quote(&table.name), keys.join(", "))
}

/// Writes rows as they are, the numbers that PostgreSQL would count itself too.
pub(super) async fn write(tx: &mut Tx<'_>, table: &Table, rows: &[Vec<Value>]) -> Result<(), sqlx::Error> {
    let counted = match tx.driver() {
        Driver::Sqlite(_) => "",
        Driver::Postgres(_) => "OVERRIDING SYSTEM VALUE ",
    };
    let head = format!("INSERT INTO {} ({}) {counted}", quote(&table.name), table.column_list());
    for run in runs(rows) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(&head);
            query.push_values(run, |mut row, values| {
                for value in values {
                    match value {
                        Value::Number(number) => row.push_bind(*number),
                        Value::Text(text) => row.push_bind(text.as_deref()),
                    };
                }
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tables::Column;
    use super::*;

    #[test]
    fn rows_that_differ_never_come_to_the_same() {
        let columns = ["a", "b"].map(|name| Column { name: name.into(), kind: Kind::Text });
        let table = Table { name: "t".into(), columns: columns.into(), key: vec!["a".into()] };
        let sum = |rows: &[[Option<&str>; 2]]| {
            let mut sum = Sum::of(&table);
            for row in rows {
                sum.add(&row.map(|text| Value::Text(text.map(str::to_owned))));
            }
            sum.to_string()
        };
        let rows: [&[[Option<&str>; 2]]; 6] = [
            &[],
            &[[Some("ab"), Some("c")]],
            &[[Some("a"), Some("bc")]],
            &[[Some("a"), None]],
            &[[Some("a"), Some("")]],
            &[[Some("a"), Some("-")]],
        ];
        let sums: std::collections::BTreeSet<String> = rows.iter().map(|rows| sum(rows)).collect();
        assert_eq!(sums.len(), rows.len());
    }
}
