//! A database with rows of every kind in every table, found in the schema, and what stands in one.

use std::collections::BTreeMap;
use std::sync::Arc;

use chamberlain::store::Url;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::ledger;

/// Texts that a careless copy would spoil.
const ODD: &[&str] = &[
    "",
    "plain",
    "it's \"quoted\" \\ back`tick",
    "两个数据库 データ 한국어",
    "👩‍👩‍👧 e\u{301} \u{202e}left",
    "line\r\nbreak\ttab\u{1}\u{7f}",
    "%_$1 :name ?; DROP TABLE inbox; --",
    "NULL",
    "007",
];

const NUMBERS: &[i64] = &[0, -1, i64::MAX, i64::MIN, 1 << 53, -(1 << 40)];

const ROWS: usize = 700;

/// A table, and each of its columns with its kind, whether it may be empty, and whether it is the counted one.
type Tables = BTreeMap<String, Vec<(String, String, bool, bool)>>;

pub(crate) async fn sqlite(url: &Url) -> SqliteConnection {
    let Url::Sqlite(path) = url else { panic!("it is no file") };
    SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", path.display())).await.unwrap()
}

pub(crate) async fn postgres(url: &Url) -> PgConnection {
    let Url::Postgres(address) = url else { panic!("it is no server") };
    PgConnection::connect(address).await.unwrap()
}

/// Runs statements in a database.
pub(crate) async fn run(url: &Url, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match url {
        Url::Sqlite(_) => sql.execute(&mut sqlite(url).await).await.map(drop).unwrap(),
        Url::Postgres(_) => sql.execute(&mut postgres(url).await).await.map(drop).unwrap(),
    }
}

async fn tables(conn: &mut SqliteConnection) -> Tables {
    let sql = "SELECT m.name, c.name, c.type, NOT (c.\"notnull\" OR c.pk), c.pk AND c.type = 'INTEGER' \
        FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";
    let columns: Vec<(String, String, String, bool, bool)> = sqlx::query_as(sql).fetch_all(conn).await.unwrap();
    let mut tables = Tables::new();
    for (table, column, kind, may_be_empty, is_counted) in columns {
        // Who is at work, where, and with which releases is of one database alone.
        let is_of_its_own = ["workers", "homes", "log_asks", "compatibility"].contains(&table.as_str());
        if !table.starts_with("_sqlx") && !table.starts_with("sqlite_") && !is_of_its_own {
            tables.entry(table).or_default().push((column, kind, may_be_empty, is_counted));
        }
    }
    tables
}

fn value(row: usize, place: usize, (column, kind, may_be_empty, is_counted): &(String, String, bool, bool)) -> String {
    let one = |count: usize| (row + place) % count;
    match kind.as_str() {
        // With gaps, as deleted rows leave them.
        _ if *is_counted => (row * 3 + 1).to_string(),
        _ if *may_be_empty && one(3) == 0 => "NULL".to_owned(),
        "TEXT" => format!("'{}'", format!("{}{column}{row}", ODD[one(ODD.len())]).replace('\'', "''")),
        // Where numbers must differ from row to row they do, and the biggest and smallest are among them.
        _ if row < NUMBERS.len() => NUMBERS[row].to_string(),
        _ => (row * 1_000_003).to_string(),
    }
}

/// Makes a database in a SQLite file, with many rows in every table that there is.
pub(crate) async fn fill(url: &Url) {
    drop(ledger::open(url.clone(), Arc::default()).await.unwrap());
    let mut conn = sqlite(url).await;
    sqlx::raw_sql("BEGIN").execute(&mut conn).await.unwrap();
    for (table, columns) in tables(&mut conn).await {
        for row in 0..ROWS {
            let values: Vec<String> =
                columns.iter().enumerate().map(|(place, column)| value(row, place, column)).collect();
            let sql = format!("INSERT INTO {table} VALUES ({})", values.join(", "));
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        }
    }
    sqlx::raw_sql("COMMIT").execute(&mut conn).await.unwrap();
}

/// All rows of all tables of a SQLite file, as SQLite itself writes their values.
pub(crate) async fn dump(url: &Url) -> BTreeMap<String, Vec<String>> {
    let mut conn = sqlite(url).await;
    let mut rows = BTreeMap::new();
    for (table, columns) in tables(&mut conn).await {
        let values: Vec<String> = columns.iter().map(|(column, ..)| format!("quote({column})")).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY 1", values.join(" || ',' || "));
        let found: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap();
        rows.insert(table, found.into_iter().map(|(row,)| row).collect());
    }
    rows
}

/// How many rows a database has, of the tables that a SQLite file of this release has.
pub(crate) async fn count(url: &Url) -> i64 {
    let folder = tempfile::tempdir().unwrap();
    let empty = Url::Sqlite(folder.path().join("empty.db"));
    drop(ledger::open(empty.clone(), Arc::default()).await.unwrap());
    let tables = tables(&mut sqlite(&empty).await).await;
    let counts: Vec<String> = tables.keys().map(|table| format!("(SELECT count(*) FROM {table})")).collect();
    let sql = AssertSqlSafe(format!("SELECT {}", counts.join(" + ")));
    let (rows,): (i64,) = match url {
        Url::Sqlite(_) => sqlx::query_as(sql).fetch_one(&mut sqlite(url).await).await.unwrap(),
        Url::Postgres(_) => sqlx::query_as(sql).fetch_one(&mut postgres(url).await).await.unwrap(),
    };
    rows
}
