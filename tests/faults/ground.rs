//! What outlives a life of the bot: its folder, its database, the chat, what runs; and the wait until nothing is left to
//! do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::bot::{Bot, Start, Waited};
use crate::chat::Chat;
use crate::database::{Database, Ledger};
use crate::git_server::{Door, GitServer};
use crate::oracle::{self, Scene, Seals};
use crate::postgres;
use crate::processes::Processes;
use crate::story::Story;
use crate::way::Way;

/// How long it takes at most until nothing is left to do. Waits between two tries double, and a chat that loses answers
/// may lose several of one look.
const LIMIT: Duration = Duration::from_mins(4);
/// In milliseconds: where there is one machine, nobody asks.
pub(crate) const NEVER_LOST: u64 = 3_600_000;

/// What outlives a life of the bot. The fields are dropped in this order: the bot, then what it started, then the rest.
pub(crate) struct Ground {
    pub(crate) bot: Bot,
    pub(crate) processes: Processes,
    pub(crate) chat: Chat,
    /// The bot's way to the chat.
    pub(crate) way: Way,
    pub(crate) start: Start,
    /// How long it may take until nothing is left to do.
    pub(crate) patience: Duration,
    /// Whether its clock never jumped.
    pub(crate) is_one_time: bool,
    git_server: Arc<GitServer>,
    seals: Seals,
    database: Database,
    _folder: TempDir,
}

impl Ground {
    /// A bot with a database file.
    pub(crate) async fn on_a_file(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::File(folder.path().join("chamberlain.db"));
        Self::open(seed, folder, database).await
    }

    /// A bot with a database on a server, if there is one.
    pub(crate) async fn on_a_server(seed: u64) -> Option<Self> {
        let database = Database::Server(postgres::database().await?);
        Some(Self::open(seed, tempfile::tempdir().unwrap(), database).await)
    }

    async fn open(seed: u64, folder: TempDir, database: Database) -> Self {
        let chat = Chat::open(seed).await;
        let way = Way::to(chat.port);
        let (folder_path, door) = (folder.path().to_owned(), Door::default());
        let git_server = Arc::new(GitServer::of([(folder_path.clone(), door.clone())].into_iter()));
        let (store, lost_after) = (database.argument(), NEVER_LOST);
        let start = Start { folder: folder_path, chat: way.port(), store, ahead: 0, lost_after, door };
        let (bot, processes) = (Bot::start(&start), Processes::of(folder.path()));
        let (patience, is_one_time, seals) = (LIMIT, true, Seals::default());
        Self { bot, processes, chat, way, start, patience, is_one_time, git_server, seals, database, _folder: folder }
    }

    /// The iteration that is deployed to, with its room and its first versions.
    pub(crate) async fn begin(&mut self) -> Story {
        let mut story = Story::of(self.git_server.clone());
        story.begin(&self.chat);
        self.settle().await;
        story.room = self.ledger().await.room_of("ground").await;
        story.deploy_first(&self.chat);
        self.settle().await;
        story
    }

    /// Where people type.
    pub(crate) fn api(&self) -> (SocketAddr, String) {
        self.start.door.api()
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        self.database.ledger(self.start.ahead).await
    }

    pub(crate) fn start(&mut self) {
        self.bot = Bot::start(&self.start);
    }

    pub(crate) async fn start_and_settle(&mut self) {
        self.start();
        self.settle().await;
    }

    pub(crate) async fn settle(&mut self) {
        self.until::<()>(|_| None).await;
    }

    /// Waits for a line, or until nothing is left to do.
    pub(crate) async fn until<T>(&mut self, mut find: impl FnMut(&str) -> Option<T>) -> Waited<T> {
        let mut last = String::new();
        let found = tokio::time::timeout(self.patience, async {
            loop {
                let line = tokio::select! {
                    line = self.bot.line() => line,
                    () = self.chat.acknowledged() => "open 0".to_owned(),
                };
                if let Some(found) = find(&line) {
                    return Waited::Found(found);
                }
                if line.starts_with("open ") {
                    last.clone_from(&line);
                }
                if line == "open 0"
                    && self.chat.is_heard()
                    && self.git_server.is_heard()
                    && self.ledger().await.is_quiet().await
                {
                    return Waited::Quiet;
                }
            }
        });
        if let Ok(found) = found.await {
            return found;
        }
        let (heard, hinted) = (self.chat.is_heard(), self.git_server.is_heard());
        let left = self.ledger().await.left().await;
        panic!("there is always something left to do: {left}; heard: {heard}, hinted: {hinted}, open: {last}")
    }

    /// Everything that must hold when nothing is left to do.
    pub(crate) async fn check(&self, story: &Story) {
        let (ledger, running) = (self.ledger().await, self.processes.of_the_bot());
        let (is_in_order, is_one_time) = (self.patience == LIMIT, self.is_one_time);
        let (chat, seals) = (&self.chat, &self.seals);
        let scene = Scene { ledger, seals, chat, story, running, bots: 1, on_the_way: 0, is_in_order, is_one_time };
        oracle::check(&scene).await;
    }

    /// Ends everything in the way that the house ends an environment; nothing of it runs afterwards.
    pub(crate) async fn close(&mut self, story: &Story) {
        self.bot.kill().await;
        self.processes.remove_all(&story.iterations).await;
        assert_eq!(self.processes.of_the_bot(), vec![]);
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell_the_end_of_the_log(&self.start);
        }
    }
}

/// For whoever has to find out why a test failed.
pub(crate) fn tell_the_end_of_the_log(start: &Start) {
    let log = std::fs::read_to_string(start.folder.join("bot.log")).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    eprintln!("the end of the bot's log:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
}
