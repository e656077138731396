//! Several bots on one database of a server, and the chat that tells each arrival to one of them.

use std::time::Duration;

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::bot::{Bot, Start};
use crate::chat::Chat;
use crate::database::{Database, Ledger};
use crate::ground::tell_the_end_of_the_log;
use crate::oracle::{self, Scene};
use crate::postgres::{self, Server};
use crate::processes::Processes;
use crate::story::Story;
use crate::way::Way;

/// How long it may take until nothing is left to do.
const LIMIT: Duration = Duration::from_mins(4);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);

/// A bot, its folder, and its way to the database.
pub(crate) struct Member {
    pub(crate) way: Way,
    bot: Bot,
    start: Start,
    broken_off: u64,
    folder: TempDir,
}

/// All of them.
pub(crate) struct House {
    pub(crate) members: Vec<Member>,
    pub(crate) chat: Chat,
    pub(crate) story: Story,
    /// How often a call may have been on its way when its bot lost its lease.
    pub(crate) on_the_way: usize,
    doubles: usize,
    words: usize,
    database: Database,
    server: Option<Server>,
}

impl House {
    /// Bots whose clocks are so far ahead, on a database of the shared server, if there is one.
    pub(crate) async fn open<const N: usize>(seed: u64, ahead: [i64; N]) -> Option<Self> {
        let database = postgres::database().await?;
        Some(Self::over(database, (seed, &ahead)).await)
    }

    /// Bots on a server that they have to themselves.
    pub(crate) async fn on<const N: usize>(server: Server, seed: u64, ahead: [i64; N]) -> Self {
        let database = server.database().await;
        let mut house = Self::over(database, (seed, &ahead)).await;
        house.server = Some(server);
        house
    }

    async fn over(address: String, (seed, ahead): (u64, &[i64])) -> Self {
        let chat = Chat::open(seed).await;
        let mut members: Vec<Member> = ahead.iter().map(|ahead| Member::start(&address, (chat.port, *ahead))).collect();
        for member in &mut members {
            // The first thing it tells is told when the database is open.
            member.bot.line().await;
        }
        let story = Story::of(members[0].folder.path());
        let database = Database::Server(address);
        Self { members, chat, story, on_the_way: 0, doubles: 0, words: 0, database, server: None }
    }

    /// The iteration whose room is talked in.
    pub(crate) async fn begin(&mut self) {
        self.story.begin(&self.chat);
        self.settle().await;
        self.story.room = self.ledger().await.room_of("ground").await;
    }

    pub(crate) fn bot(&mut self, member: usize) -> &mut Bot {
        &mut self.members[member].bot
    }

    /// Starts it again, and waits until it is open: from then on what is left to do is there to see.
    pub(crate) async fn start(&mut self, member: usize) {
        let member = &mut self.members[member];
        member.bot = Bot::start(&member.start);
        member.bot.line().await;
    }

    /// Somebody has a word said again; this bot is told of it first.
    pub(crate) fn echo(&mut self, member: Option<usize>) -> String {
        self.words += 1;
        let word = format!("word-{}-again", self.words);
        let bot = member.map(|member| self.members[member].start.name());
        self.story.echo((&self.chat, bot.as_deref()), &word);
        word
    }

    /// Gives a bot something to say in every room, and waits until it is about to.
    pub(crate) async fn echo_everywhere(&mut self, member: usize) {
        let bot = self.members[member].start.name();
        let rooms: Vec<String> =
            self.chat.state().rooms.keys().filter(|room| **room != self.story.room).cloned().collect();
        for room in rooms {
            self.words += 1;
            self.story.echo_in(&room, (&self.chat, Some(&bot)), &format!("word-{}-again", self.words));
        }
        while self.bot(member).line().await != "moment calling" {}
    }

    /// Stops the server as a crash would.
    pub(crate) async fn stop_the_server(&mut self) {
        self.with_the_server(Server::stop).await;
    }

    /// Starts it again.
    pub(crate) async fn start_the_server(&mut self) {
        self.with_the_server(Server::start).await;
    }

    async fn with_the_server(&mut self, work: fn(&Server)) {
        let server = self.server.take().unwrap();
        let worked = spawn_blocking(move || {
            work(&server);
            server
        });
        self.server = Some(worked.await.unwrap());
    }

    /// Waits until nothing is left to do, and everybody is at work.
    pub(crate) async fn settle(&mut self) {
        let quiet = async {
            while !(self.chat.is_heard() && self.is_quiet().await) {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(LIMIT, quiet).await.is_err() {
            let left = self.ledger().await.left().await;
            panic!("there is always something left to do: {left}; heard: {}", self.chat.is_heard());
        }
        self.members.iter_mut().for_each(Member::hear);
    }

    async fn is_quiet(&self) -> bool {
        let ledger = self.ledger().await;
        let workers: Vec<(i64,)> = ledger.rows("SELECT count(*) FROM workers").await;
        ledger.is_quiet().await && usize::try_from(workers[0].0).unwrap() == self.members.len()
    }

    async fn ledger(&self) -> Ledger {
        self.database.ledger(0).await
    }

    /// Everything that must hold when nothing is left to do.
    pub(crate) async fn check(&mut self) {
        let ledger = self.ledger().await;
        let folders = self.members.iter().map(|member| Processes::of(member.folder.path()));
        let running = folders.flat_map(|processes| processes.of_the_bot()).collect();
        let (bots, on_the_way) = (self.members.len(), self.on_the_way);
        let (chat, story) = (&self.chat, &self.story);
        let scene = Scene { ledger, chat, story, running, bots, on_the_way, is_in_order: true, is_one_time: true };
        self.doubles = oracle::check(&scene).await;
    }

    /// Whatever their clocks say, what is to be looked at at a start was looked at. The next poll is in an hour.
    pub(crate) async fn nothing_is_put_off(&self) {
        let late: Vec<(String, i64)> =
            self.ledger().await.rows("SELECT key, due_at - {now} FROM touches WHERE due_at < {now} + 1800000").await;
        assert_eq!(late, vec![], "still to be looked at");
    }

    /// How much was broken off, and how many messages are there twice.
    pub(crate) fn broken_off(&self) -> (u64, usize) {
        (self.members.iter().map(|member| member.broken_off).sum(), self.doubles)
    }
}

impl Member {
    fn start(address: &str, (chat, ahead): (u16, i64)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (head, rest) = address.rsplit_once(':').unwrap();
        let (port, database) = rest.split_once('/').unwrap();
        let way = Way::to(port.parse().unwrap());
        let store = format!("{head}:{}/{database}", way.port());
        let start = Start { folder: folder.path().to_owned(), chat, store, ahead };
        Self { way, bot: Bot::start(&start), start, broken_off: 0, folder }
    }

    /// Hears how much it broke off.
    fn hear(&mut self) {
        let lines = self.bot.lines();
        let mut counts = lines.iter().filter_map(|line| line.strip_prefix("broken off ")?.parse().ok());
        self.broken_off = counts.next_back().unwrap_or(self.broken_off);
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.members.iter().for_each(|member| tell_the_end_of_the_log(&member.start));
        }
    }
}
