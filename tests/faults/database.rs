//! The bots' database, read past the store: a file or a server's, by the same statements.

use std::path::PathBuf;

use chamberlain::store::Url;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, FromRow, PgConnection, SqliteConnection};
use tokio::sync::Mutex;

/// Which database.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// The one in this file.
    File(PathBuf),
    /// The one at this address.
    Server(String),
}

impl Database {
    /// What a bot is told.
    pub(crate) fn argument(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Server(address) => address.clone(),
        }
    }

    /// A connection to read with. On a file rows are told by a clock that is ahead of the machine's by so much.
    pub(crate) async fn ledger(&self, ahead: i64) -> Ledger {
        let (url, conn, now) = match self {
            Self::File(path) => {
                let options = SqliteConnectOptions::new().filename(path).read_only(true);
                let url = Url::Sqlite(path.clone());
                (url, Conn::Sqlite(options.connect().await.unwrap()), format!("(unixepoch() * 1000 + {ahead})"))
            }
            Self::Server(address) => {
                let conn = address.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
                let now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint".to_owned();
                (Url::Postgres(address.clone()), Conn::Postgres(conn), now)
            }
        };
        Ledger { url, conn: Mutex::new(conn), now }
    }
}

enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A connection, and how the database says which time it is.
pub(crate) struct Ledger {
    pub(crate) url: Url,
    conn: Mutex<Conn>,
    now: String,
}

impl Ledger {
    /// What a statement gives. `{now}` in it is the time that rows are told by.
    pub(crate) async fn rows<T>(&self, sql: &str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let sql = AssertSqlSafe(sql.replace("{now}", &self.now));
        match &mut *self.conn.lock().await {
            Conn::Sqlite(conn) => sqlx::query_as(sql).fetch_all(conn).await.unwrap(),
            Conn::Postgres(conn) => sqlx::query_as(sql).fetch_all(conn).await.unwrap(),
        }
    }

    /// Whether nothing is left to do, now or later.
    pub(crate) async fn is_quiet(&self) -> bool {
        self.left().await.is_empty()
    }

    /// What is left to do.
    pub(crate) async fn left(&self) -> String {
        let open: Vec<(String,)> = self
            .rows(
                // What is due later is no work now (the next look at an environment, the next poll), but for what failed.
                "SELECT 'event ' || id FROM inbox WHERE done_at IS NULL UNION ALL \
                 SELECT 'effect ' || id FROM outbox WHERE done_at IS NULL UNION ALL \
                 SELECT key FROM touches WHERE claimed_by <> '' OR failures > 0 OR due_at < {now} + 20000 UNION ALL \
                 SELECT key FROM timers WHERE due_at < {now} + 20000",
            )
            .await;
        open.into_iter().map(|(what,)| what).collect::<Vec<_>>().join(", ")
    }

    /// The chat's id for an iteration's room.
    pub(crate) async fn room_of(&self, iteration: &str) -> String {
        let rooms: Vec<(String, String)> = self.rows("SELECT iteration, room FROM rooms").await;
        let (_, room) = rooms.into_iter().find(|(key, _)| key == iteration).expect("it has a room");
        local(&room)
    }
}

/// The chat's own id in one of ours.
pub(crate) fn local(room: &str) -> String {
    room.split_once(':').unwrap().1.to_owned()
}
