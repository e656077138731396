//! A whole house on a database file, with the console for its chat, and what is said in it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chamberlain::config::{self, Sources};
use chamberlain::domain::artifact::BranchName;
use chamberlain::domain::component::{Component, ComponentName, RepositoryName};
use chamberlain::domain::project::{Project, Repository};
use chamberlain::domain::spec::Addresses;
use chamberlain::domain::{ChatName, EventId, PersonId};
use chamberlain::event::chat::neutral::Payload;
use chamberlain::event::raw::Talk;
use chamberlain::event::{Arrival, Source};
use chamberlain::ports::{Arrived, Intake, RandomIds};
use chamberlain::runtime::{self, Settings, Workshops};
use chamberlain::store::{Home, Store};
use chamberlain::web::HookKey;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::still::StillDriver;
use crate::versions::Versions;

/// The product's one component, and its repository.
const COMPONENT: &str = "alpha";

/// A house at work.
pub(super) struct Crowd {
    store: Store,
    said: u64,
    stop: CancellationToken,
    work: JoinSet<anyhow::Result<()>>,
    ledger: SqliteConnection,
}

impl Crowd {
    /// Opens the house in a folder, on what is there.
    pub(super) async fn open(folder: &Path, driver: Arc<StillDriver>) -> Self {
        let data = folder.join("data");
        std::fs::create_dir_all(&data).unwrap();
        let environment = [("PROFILE", "dev"), ("DATA_DIR", data.to_str().unwrap()), ("STORE__SYNCHRONOUS", "full")];
        let environment = environment.map(|(key, value)| (format!("CHAMBERLAIN__{key}"), value.to_owned()));
        let config = config::load(Sources { file: None, environment: environment.into() }).unwrap();
        let home = Home::take(&data, &RandomIds).unwrap();
        let (_, ended) = mpsc::unbounded_channel();
        let source = Arc::new(Versions::of(folder));
        let workshops = Workshops { source, driver: driver.clone(), routes: driver, ended };
        let mut settings = Settings::of(&config, home, workshops, HookKey::fresh());
        settings.project = project();
        let opened = runtime::open(settings).await.unwrap();
        let store = opened.house().store.clone();
        let file = data.join("chamberlain.db");
        let ledger = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
        let stop = CancellationToken::new();
        let mut work = JoinSet::new();
        work.spawn(opened.run(None, stop.clone()));
        Self { store, said: 0, stop, work, ledger }
    }

    /// Somebody says something in a room; gives the event that it becomes.
    pub(super) async fn say(&mut self, room: &str, text: &str) -> EventId {
        self.said += 1;
        let (id, author) = (format!("m{}-{:x}", self.said, rand::random::<u64>()), PersonId::new("ana"));
        let payload = Payload::Said {
            account: author.to_string(),
            acting_as: None,
            room: room.to_owned(),
            message: id.clone(),
            thread: None,
            text: text.to_owned(),
            is_for_us: true,
        };
        let arrival = Arrival {
            source: Source::Chat(ChatName::console()),
            dedup_key: format!("message:{id}"),
            lane: payload.lane(&ChatName::console()),
            body: serde_json::to_string(&payload).unwrap(),
            trace: None,
            talk: Some(Talk {
                id,
                room: room.to_owned(),
                thread: None,
                author,
                acting_as: None,
                text: text.to_owned(),
            }),
        };
        let Arrived::New(event) = self.store.arrive(arrival).await.unwrap() else { panic!("that was said before") };
        event
    }

    /// How long a command takes until it is answered.
    pub(super) async fn answered(&mut self, room: &str, text: &str) -> Duration {
        const SQL: &str = "SELECT count(*) FROM outbox WHERE event = $1 AND done_at IS NOT NULL";
        let start = Instant::now();
        let event = self.say(room, text).await;
        loop {
            let changed = self.store.changed();
            let answers: i64 = sqlx::query_scalar(SQL).bind(event.as_str()).fetch_one(&mut self.ledger).await.unwrap();
            if answers > 0 {
                return start.elapsed();
            }
            changed.await;
        }
    }

    /// Waits until nothing is left to do.
    pub(super) async fn settled(&mut self) {
        loop {
            let changed = self.store.changed();
            if self.store.count_open().await.unwrap() == 0 {
                return;
            }
            tokio::time::timeout(Duration::from_secs(1), changed).await.ok();
        }
    }

    /// How many rows a table has.
    pub(super) async fn count(&mut self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.ledger).await.unwrap()
    }

    pub(super) async fn close(self) {
        let Self { store, stop, mut work, .. } = self;
        stop.cancel();
        drop(store);
        work.join_next().await.unwrap().unwrap().unwrap();
    }
}

fn project() -> Project {
    let repository = RepositoryName::new(COMPONENT);
    Project {
        name: "product".into(),
        class: "test".into(),
        repositories: vec![Repository { name: repository.clone(), aliases: vec![], page: None }],
        components: vec![Component {
            name: ComponentName::new(COMPONENT),
            repository,
            default_branch: BranchName::new("v1"),
            build: None,
            run: vec![COMPONENT.into()],
            user: None,
            health_path: "/health".into(),
            start_limit: Duration::from_secs(10),
            variables: vec![],
        }],
        addresses: Addresses { port: 7420 },
    }
}
