//! Several bots on one database of a server, and the chat that tells each arrival to one of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::bot::{Bot, Start};
use crate::chat::Chat;
use crate::database::{Database, Ledger};
use crate::git_server::{Door, GitServer};
use crate::ground::{NEVER_LOST, tell_the_end_of_the_log};
use crate::oracle::{self, Scene, Seals};
use crate::postgres::{self, Server};
use crate::processes::Processes;
use crate::story::Story;
use crate::way::Way;

/// How long it may take until nothing is left to do.
const LIMIT: Duration = Duration::from_mins(4);
/// How long a machine that is back may take to end what was moved away, one environment after the other.
const AT_HOME: Duration = Duration::from_secs(90);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);

/// A bot, its folder with what runs there, and its way to the database. What runs is ended after the bot.
pub(crate) struct Member {
    pub(crate) way: Way,
    bot: Bot,
    processes: Processes,
    start: Start,
    broken_off: u64,
    _folder: TempDir,
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
    git_server: Arc<GitServer>,
    seals: Seals,
    database: Database,
    server: Option<Server>,
}

impl House {
    /// Bots whose clocks are so far ahead, on a database of the shared server, if there is one.
    pub(crate) async fn open<const N: usize>(seed: u64, ahead: [i64; N]) -> Option<Self> {
        let database = postgres::database().await?;
        Some(Self::over(database, (seed, &ahead), NEVER_LOST).await)
    }

    /// Bots on a server that they have to themselves.
    pub(crate) async fn on<const N: usize>(server: Server, seed: u64, ahead: [i64; N]) -> Self {
        let database = server.database().await;
        let mut house = Self::over(database, (seed, &ahead), NEVER_LOST).await;
        house.server = Some(server);
        house
    }

    /// Bots on two machines, of which one is lost when nobody hears of it for so many milliseconds.
    pub(crate) async fn of_two_machines(seed: u64, lost_after: u64) -> Option<Self> {
        let database = postgres::database().await?;
        Some(Self::over(database, (seed, &[0, 0]), lost_after).await)
    }

    async fn over(address: String, (seed, ahead): (u64, &[i64]), lost_after: u64) -> Self {
        let chat = Chat::open(seed).await;
        let start = |ahead: &i64| Member::start(&address, (chat.port, *ahead), lost_after);
        let mut members: Vec<Member> = ahead.iter().map(start).collect();
        for member in &mut members {
            // The first thing it tells is told when the database is open.
            member.bot.line().await;
        }
        let bots = members.iter().map(|member| (member.start.folder.clone(), member.start.door.clone()));
        let git_server = Arc::new(GitServer::of(bots));
        let (story, seals) = (Story::of(git_server.clone()), Seals::default());
        let database = Database::Server(address);
        Self { members, chat, story, on_the_way: 0, doubles: 0, words: 0, git_server, seals, database, server: None }
    }

    /// The iteration whose room is talked in, with an environment, and others until something runs on every machine.
    pub(crate) async fn begin(&mut self) {
        self.story.begin(&self.chat);
        self.settle().await;
        self.story.room = self.ledger().await.room_of("ground").await;
        self.story.deploy_first(&self.chat);
        self.settle().await;
        for member in 0..self.members.len() {
            // Who decides it is mostly who takes it in.
            for _ in 0..10 {
                if !self.living_at(member).await.is_empty() {
                    break;
                }
                let bot = self.name(member);
                self.story.put_up_by((&self.chat, Some(&bot)));
                self.settle().await;
            }
            assert!(!self.living_at(member).await.is_empty(), "nothing lives on machine {member}");
        }
    }

    /// The environments that live on a machine.
    pub(crate) async fn living_at(&self, member: usize) -> Vec<String> {
        let home = self.members[member].processes.home();
        let sql = format!("SELECT name FROM environments WHERE wish = 'present' AND home = '{home}' ORDER BY name");
        self.ledger().await.rows(&sql).await.into_iter().map(|(name,): (String,)| name).collect()
    }

    /// What the chat calls a bot.
    pub(crate) fn name(&self, member: usize) -> String {
        self.members[member].start.name()
    }

    /// Waits until a statement gives no rows.
    pub(crate) async fn until_none(&self, sql: &str) {
        let none = async {
            while !self.ledger().await.rows::<(String,)>(sql).await.is_empty() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(LIMIT, none).await.unwrap_or_else(|_| panic!("there are always rows of {sql}"));
    }

    /// Waits until nothing runs on a machine of what lives on another one.
    pub(crate) async fn until_at_home(&self) {
        let at_home = async {
            while !self.is_at_home().await {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(AT_HOME, at_home).await.expect("what was moved away still runs where it was");
    }

    async fn is_at_home(&self) -> bool {
        let ledger = self.ledger().await;
        let homes: Vec<(String, Option<String>)> = ledger.rows("SELECT name, home FROM environments").await;
        let homes: BTreeMap<String, Option<String>> = homes.into_iter().collect();
        let mut running = self.members.iter().flat_map(|member| member.processes.of_the_bot());
        running.all(|process| homes[process.of.split('/').next().unwrap()].as_ref() == Some(&process.home))
    }

    /// Ends everything in the way that the house ends an environment; nothing of it runs afterwards.
    pub(crate) async fn close(&mut self) {
        for member in &mut self.members {
            member.bot.kill().await;
            member.processes.remove_all(&self.story.iterations).await;
            assert_eq!(member.processes.of_the_bot(), vec![]);
        }
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
        let bot = member.map(|member| self.name(member));
        self.story.echo((&self.chat, bot.as_deref()), &word);
        word
    }

    /// Gives a bot something to say in every room, and waits until it is about to.
    pub(crate) async fn echo_everywhere(&mut self, member: usize) {
        let bot = self.name(member);
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
            while !(self.is_heard() && self.is_quiet().await) {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(LIMIT, quiet).await.is_err() {
            let left = self.ledger().await.left().await;
            panic!("there is always something left to do: {left}; heard: {}", self.is_heard());
        }
        self.members.iter_mut().for_each(Member::hear);
    }

    /// Whether bots took everything in: what was said, and what was pushed.
    fn is_heard(&self) -> bool {
        self.chat.is_heard() && self.git_server.is_heard()
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
        let running = self.members.iter().flat_map(|member| member.processes.of_the_bot()).collect();
        let (bots, on_the_way) = (self.members.len(), self.on_the_way);
        let (seals, chat, story) = (&self.seals, &self.chat, &self.story);
        let scene =
            Scene { ledger, seals, chat, story, running, bots, on_the_way, is_in_order: true, is_one_time: true };
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
    fn start(address: &str, (chat, ahead): (u16, i64), lost_after: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (head, rest) = address.rsplit_once(':').unwrap();
        let (port, database) = rest.split_once('/').unwrap();
        let way = Way::to(port.parse().unwrap());
        let store = format!("{head}:{}/{database}", way.port());
        let start = Start { folder: folder.path().to_owned(), chat, store, ahead, lost_after, door: Door::default() };
        let processes = Processes::of(folder.path());
        Self { way, bot: Bot::start(&start), processes, start, broken_off: 0, _folder: folder }
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
