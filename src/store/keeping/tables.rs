//! The tables of this release, found in its schema, and those that a database has.

use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};

use crate::store::db::{Conn, Driver, Statements, Tx, on};
use crate::store::error::StoreError;
use crate::store::migrate;

/// Where the number of the schema stands: each database has its own, so it is never copied.
pub(super) const MIGRATIONS: &str = "_sqlx_migrations";

/// Tables of one database and one moment, which are never copied either: who is at work, where they live, what they ask
/// each other, and which releases go together. What they have in hand in the copy is nobody's there.
const OF_ITS_OWN: [&str; 4] = ["workers", "homes", "log_asks", "compatibility"];

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// By name, so that their order is the same on both databases.
    pub(super) columns: Vec<Column>,
    /// The primary key, in its order.
    pub(super) key: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
}

/// The tables of this release, by name, as its migrations make them in memory.
pub(super) async fn of_release() -> Result<Vec<Table>, StoreError> {
    const SQL: &str = "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' ORDER BY m.name, c.name";
    let mut conn = in_memory().await?;
    let mut tx = Tx::over(&mut conn, Statements::default());
    let rows: Vec<(String, String, String, i64)> = on!(tx, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    let mut tables: Vec<(Table, Vec<(i64, String)>)> = Vec::new();
    for (table, column, word, place) in rows.into_iter().filter(|(table, ..)| is_ours(table)) {
        if tables.last().is_none_or(|(last, _)| last.name != table) {
            tables.push((Table { name: table, columns: Vec::new(), key: Vec::new() }, Vec::new()));
        }
        let Some((table, key)) = tables.last_mut() else { continue };
        if place > 0 {
            key.push((place, column.clone()));
        }
        let kind = Kind::of(&word).ok_or_else(|| StoreError::Corrupt(format!("a column of the type {word}")))?;
        table.columns.push(Column { name: column, kind });
    }
    let keyed = |(table, mut key): (Table, Vec<(i64, String)>)| {
        key.sort();
        Table { key: key.into_iter().map(|(_, column)| column).collect(), ..table }
    };
    Ok(tables.into_iter().map(keyed).collect())
}

/// The indexes of this release that its migrations name.
pub(super) async fn indexes_of_release() -> Result<Vec<String>, StoreError> {
    let mut conn = in_memory().await?;
    indexes(&mut Tx::over(&mut conn, Statements::default())).await
}

async fn in_memory() -> Result<Conn, StoreError> {
    let options = SqliteConnectOptions::new().in_memory(true).disable_statement_logging();
    let mut conn = Conn::Sqlite(options.connect().await?);
    migrate::run(&mut conn).await?;
    Ok(conn)
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        match word {
            "INTEGER" | "BIGINT" => Some(Self::Number),
            "TEXT" => Some(Self::Text),
            _ => None,
        }
    }
}

impl Table {
    /// `"a", "b"`
    pub(super) fn column_list(&self) -> String {
        quoted(self.columns.iter().map(|column| column.name.as_str()))
    }

    /// The expression that names a row to people: its key.
    pub(super) fn key_text(&self) -> String {
        let parts: Vec<String> = self.key.iter().map(|column| format!("CAST({} AS TEXT)", quote(column))).collect();
        parts.join(" || ' ' || ")
    }
}

/// A name as SQL takes it, whatever word it is.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(quote).collect::<Vec<_>>().join(", ")
}

/// All tables that a database has, also those that are none of ours.
pub(super) async fn all(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    names(tx, Asked { sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|'", postgres: "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')" }).await
}

/// The columns of all tables, as `table.column`.
pub(super) async fn columns(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let asked = Asked {
        sqlite: "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
            WHERE m.type = 'table'",
        postgres: "SELECT table_name || '.' || column_name FROM information_schema.columns \
            WHERE table_schema = current_schema()",
    };
    names(tx, asked).await
}

/// The indexes that a migration named; those that a key brings with it are left out, or do no harm.
pub(super) async fn indexes(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let asked = Asked {
        sqlite: "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        postgres: "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()",
    };
    names(tx, asked).await
}

/// What each database keeps of itself in tables of its own: the few texts that cannot be the same.
struct Asked {
    sqlite: &'static str,
    postgres: &'static str,
}

async fn names(tx: &mut Tx<'_>, asked: Asked) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = match tx.driver() {
        Driver::Sqlite(conn) => sqlx::query_as(asked.sqlite).fetch_all(conn).await?,
        Driver::Postgres(conn) => sqlx::query_as(asked.postgres).fetch_all(conn).await?,
    };
    let mut names: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
    names.sort();
    Ok(names)
}

/// Whether a table is one of a migration, and none of the database's own.
fn is_ours(table: &str) -> bool {
    table != MIGRATIONS && !OF_ITS_OWN.contains(&table) && !table.starts_with("sqlite_")
}

/// The tables among `tables` that have rows.
pub(super) async fn with_rows(tx: &mut Tx<'_>, tables: &[String]) -> Result<Vec<String>, StoreError> {
    let mut full = Vec::new();
    for table in tables.iter().filter(|table| is_ours(table)) {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1) one", quote(table)));
        let (rows,): (i64,) = on!(tx, c => sqlx::query_as(sql).fetch_one(c).await)?;
        if rows > 0 {
            full.push(table.clone());
        }
    }
    Ok(full)
}
