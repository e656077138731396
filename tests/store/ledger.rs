//! A store on either database, with its writer at work.

use std::collections::BTreeSet;
use std::sync::Arc;

use chamberlain::domain::{ChatName, Lane, Timestamp};
use chamberlain::event::{Arrival, Source};
use chamberlain::metrics::Metrics;
use chamberlain::ports::RandomIds;
use chamberlain::store::{Handover, Home, Opening, Store, StoreError, StoreTime, Synchronous, Url};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::task::JoinSet;

use crate::support::clock::HandClock;
use crate::support::postgres;

/// A store at work.
pub(crate) struct Ledger {
    pub(crate) store: Store,
    pub(crate) handover: Handover,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) url: Url,
    writing: JoinSet<()>,
    folder: Option<tempfile::TempDir>,
    home: tempfile::TempDir,
}

/// One on each database there is.
pub(crate) async fn each() -> Vec<Ledger> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Url::Sqlite(folder.path().join("chamberlain.db"));
    let mut ledgers = vec![Ledger { folder: Some(folder), ..open(sqlite, Arc::default()).await.unwrap() }];
    if let Some(address) = postgres::database().await {
        ledgers.push(open(Url::Postgres(address), Arc::default()).await.unwrap());
    }
    ledgers
}

/// Opens a store.
pub(crate) async fn open(url: Url, clock: Arc<HandClock>) -> Result<Ledger, StoreError> {
    open_at(url, clock, tempfile::tempdir().unwrap()).await
}

async fn open_at(url: Url, clock: Arc<HandClock>, home: tempfile::TempDir) -> Result<Ledger, StoreError> {
    let opening = Opening {
        url: url.clone(),
        synchronous: Synchronous::Normal,
        home: Home::take(home.path(), &RandomIds).unwrap(),
        time: StoreTime::default(),
        clock: clock.clone(),
        ids: Arc::new(RandomIds),
        metrics: Metrics::default(),
    };
    let (store, writer, handover) = Store::open(opening).await?;
    let mut writing = JoinSet::new();
    writing.spawn(writer.run());
    Ok(Ledger { store, handover, clock, url, writing, folder: None, home })
}

impl Ledger {
    /// What its clock says.
    pub(crate) fn clock_now(&self) -> Timestamp {
        self.store.clock().now()
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self) -> Result<Ledger, StoreError> {
        open(self.url.clone(), self.clock.clone()).await
    }

    /// Lets go of everything, as a killed process does.
    pub(crate) async fn kill(mut self) {
        self.writing.shutdown().await;
    }

    /// Ends as a process does that was told to stop.
    pub(crate) async fn leave(mut self) {
        drop((self.store, self.handover));
        self.writing.join_next().await;
    }

    /// The texts that a query gives, on a server.
    pub(crate) async fn texts(&self, sql: &'static str) -> Vec<String> {
        let Url::Postgres(address) = &self.url else { return Vec::new() };
        let mut conn = PgConnection::connect(address).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap()
    }

    /// Lets go of everything, as a killed process does, and opens the same database.
    pub(crate) async fn killed_and_reopened(mut self) -> Ledger {
        let folder = self.folder.take();
        self.writing.shutdown().await;
        let Self { store, handover, clock, url, home, .. } = self;
        drop((store, handover));
        Ledger { folder, ..open_at(url, clock, home).await.unwrap() }
    }
}

/// A chat arrival.
pub(crate) fn arrival(key: &str, lane: &str) -> Arrival {
    Arrival {
        source: Source::Chat(ChatName::new("test")),
        dedup_key: key.into(),
        lane: Lane::new(lane),
        body: format!("body of {key}"),
        talk: None,
        trace: None,
    }
}

/// What tests ask a database that no release asks.
impl Ledger {
    /// Lets go of everything and tries to open the same database again.
    pub(crate) async fn killed(mut self) -> Result<Ledger, StoreError> {
        self.writing.shutdown().await;
        let Self { store, handover, clock, url, folder, .. } = self;
        drop((store, handover));
        let opened = open(url, clock).await;
        drop(folder);
        opened
    }

    /// Runs a statement past the store.
    pub(crate) async fn run_sql(&self, sql: String) {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        match &self.url {
            Url::Sqlite(path) => {
                let mut conn = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
                sql.execute(&mut conn).await.unwrap();
            }
            Url::Postgres(address) => {
                let mut conn = PgConnection::connect(address).await.unwrap();
                sql.execute(&mut conn).await.unwrap();
            }
        }
    }

    /// `table.column` and whether it may be empty.
    pub(crate) async fn columns(&self) -> BTreeSet<(String, bool)> {
        let rows: Vec<(String, bool)> = match &self.url {
            Url::Sqlite(path) => {
                let sql = "SELECT m.name || '.' || c.name, NOT (c.\"notnull\" OR c.pk) FROM sqlite_master m \
                    JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";
                let mut conn = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
                sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap()
            }
            Url::Postgres(address) => {
                let sql = "SELECT table_name || '.' || column_name, is_nullable = 'YES' \
                    FROM information_schema.columns WHERE table_schema = 'public'";
                let mut conn = PgConnection::connect(address).await.unwrap();
                sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap()
            }
        };
        rows.into_iter().filter(|(name, _)| !name.starts_with("_sqlx") && !name.starts_with("sqlite_")).collect()
    }

    /// How SQLite would run a query.
    pub(crate) async fn sqlite_plan(&self, sql: &str) -> String {
        let Url::Sqlite(path) = &self.url else { return String::new() };
        let mut conn = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        steps.into_iter().fold(String::new(), |plan, (.., step)| plan + &step.replace(" (", "\n(") + "\n")
    }
}
