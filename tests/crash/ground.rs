//! What outlives a life of the bot: its folder, the chat, what runs; and the wait until nothing is left to do.

use std::time::Duration;

use tempfile::TempDir;

use crate::bot::{Bot, Waited};
use crate::chat::Chat;
use crate::oracle::Ledger;
use crate::processes::Processes;
use crate::story::Story;

/// How long it may take until nothing is left to do. A kill may come in a wait between two tries, of some seconds.
const LIMIT: Duration = Duration::from_mins(1);

/// What outlives a life of the bot. The fields are dropped in this order: the bot, then what it started, then the rest.
pub(crate) struct Ground {
    pub(crate) bot: Bot,
    pub(crate) processes: Processes,
    pub(crate) chat: Chat,
    pub(crate) folder: TempDir,
}

impl Ground {
    pub(crate) async fn open(seed: u64) -> Self {
        // Fails only when there is one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let chat = Chat::open(seed).await;
        let bot = Bot::start(folder.path(), &chat.address);
        Self { bot, processes: Processes::of(folder.path()), chat, folder }
    }

    /// The iteration that is deployed to, with its room and its first versions.
    pub(crate) async fn begin(&mut self, story: &mut Story) {
        story.begin(&self.chat);
        self.settle().await;
        story.room = self.ledger().await.room_of("ground").await;
        story.deploy_first(&self.chat);
        self.settle().await;
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        Ledger::open(&self.folder.path().join("chamberlain.db")).await
    }

    pub(crate) fn start(&mut self) {
        self.bot = Bot::start(self.folder.path(), &self.chat.address);
    }

    pub(crate) async fn start_and_settle(&mut self) {
        self.start();
        self.settle().await;
    }

    async fn settle(&mut self) {
        self.until::<()>(|_| None).await;
    }

    /// Waits for a line, or until nothing is left to do.
    pub(crate) async fn until<T>(&mut self, mut find: impl FnMut(&str) -> Option<T>) -> Waited<T> {
        let found = tokio::time::timeout(LIMIT, async {
            loop {
                let line = tokio::select! {
                    line = self.bot.line() => line,
                    () = self.chat.acknowledged() => "open 0".to_owned(),
                };
                if let Some(found) = find(&line) {
                    return Waited::Found(found);
                }
                if line == "open 0" && self.chat.is_heard() && self.ledger().await.is_quiet().await {
                    return Waited::Quiet;
                }
            }
        });
        if let Ok(found) = found.await {
            return found;
        }
        panic!("there is always something left to do: {}", self.ledger().await.left().await)
    }

    /// Ends everything in the way that the house ends an environment; nothing of it runs afterwards.
    pub(crate) async fn close(&mut self, environments: &[String]) {
        self.bot.kill().await;
        self.processes.remove_all(environments).await;
        assert_eq!(self.processes.of_the_bot(), vec![]);
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("bot.log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the end of the bot's log:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
    }
}
