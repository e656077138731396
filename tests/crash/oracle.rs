//! What must hold whenever nothing is left to do, however often the bot died before: asked of the ledger past the
//! store, of the chat's own truth, and of the machine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chamberlain::card::model::{Content, State};
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

use crate::chat::Message;
use crate::ground::Ground;
use crate::story::Story;

/// The bot's database, read past the store.
pub(crate) struct Ledger {
    conn: Mutex<SqliteConnection>,
}

impl Ledger {
    pub(crate) async fn open(path: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        Self { conn: Mutex::new(options.connect().await.unwrap()) }
    }

    /// Rows of texts.
    async fn rows<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
    {
        sqlx::query_as(sql).fetch_all(&mut *self.conn.lock().await).await.unwrap()
    }

    /// Whether nothing is left to do, now or later.
    pub(crate) async fn is_quiet(&self) -> bool {
        self.left().await.is_empty()
    }

    /// What is left to do.
    pub(crate) async fn left(&self) -> String {
        let open: Vec<(String,)> = self
            .rows(
                // What is due later is no work now: the next look at an environment, the next poll.
                "SELECT 'event ' || id FROM inbox WHERE done_at IS NULL UNION ALL \
                 SELECT 'effect ' || id FROM outbox WHERE done_at IS NULL UNION ALL \
                 SELECT key FROM touches WHERE claimed_until > 0 OR due_at < unixepoch() * 1000 + 20000 UNION ALL \
                 SELECT key FROM timers WHERE due_at < unixepoch() * 1000 + 20000",
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

fn local(room: &str) -> String {
    room.split_once(':').unwrap().1.to_owned()
}

/// Everything that must hold.
pub(crate) async fn check(ground: &Ground, story: &Story) {
    let ledger = ground.ledger().await;
    every_command_is_answered_once(&ledger, story).await;
    the_chat_holds_what_we_said_and_nothing_twice(&ledger, ground).await;
    every_iteration_has_one_room_with_its_card_on_top(&ledger, (ground, story)).await;
    every_deployment_has_ended_as_it_had_to(&ledger, ground).await;
    what_should_run_runs_once(&ledger, (ground, story)).await;
}

async fn every_command_is_answered_once(ledger: &Ledger, story: &Story) {
    let rows: Vec<(String, Option<String>, i64, i64)> = ledger
        .rows(
            "SELECT dedup_key, outcome, (SELECT count(*) FROM outbox WHERE event = inbox.id AND state = 'done'), \
             (SELECT count(*) FROM audit WHERE event = inbox.id) FROM inbox WHERE source = 'chat:remote'",
        )
        .await;
    let keys: Vec<&String> = rows.iter().map(|(key, ..)| key).collect();
    assert_eq!(keys.len(), story.said.len(), "each thing that was said is stored once");
    assert_eq!(BTreeSet::from_iter(keys), BTreeSet::from_iter(&story.said));
    for (key, outcome, answers, audited) in &rows {
        let outcome = outcome.as_deref().unwrap_or("open");
        assert!(["changed", "refused"].contains(&outcome), "{key}: {outcome}");
        assert_eq!(*answers, 1, "answers to {key} ({outcome})");
        assert_eq!(*audited, 1, "audit lines of {key} ({outcome})");
    }
}

async fn the_chat_holds_what_we_said_and_nothing_twice(ledger: &Ledger, ground: &Ground) {
    let effects: Vec<(String, String, String)> = ledger.rows("SELECT id, lane, state FROM outbox").await;
    let cards: Vec<(String, String, String)> = ledger.rows("SELECT id, room, message FROM cards").await;
    let chat = ground.chat.state();
    let mut messages: BTreeMap<(String, String), Message> = BTreeMap::new();
    let mut nonces = BTreeSet::new();
    for (room, posted) in &chat.rooms {
        for message in &posted.messages {
            assert!(nonces.insert(message.nonce.clone()), "posted twice: {message:?}");
            messages.insert((room.clone(), message.id.clone()), message.clone());
        }
    }
    let reasons = effects.len() + cards.len();
    // What is said in the thread of a card has the card for its lane.
    let room_of: BTreeMap<&String, &String> = cards.iter().map(|(card, room, _)| (card, room)).collect();
    for (id, lane, state) in effects {
        assert_eq!(state, "done", "effect {id}");
        let place = local(room_of.get(&lane).unwrap_or(&&lane));
        let is_it = |((room, _), message): (&(String, String), &Message)| *room == place && message.nonce == id;
        assert!(messages.iter().any(is_it), "effect {id} was not carried out");
    }
    for (id, room, message) in cards {
        let posted = messages.get(&(local(&room), message)).expect("the card is there");
        assert!(matches!(&posted.content, Content::Card(card) if card.id.as_str() == id), "{id} is {posted:?}");
    }
    assert_eq!(messages.len(), reasons, "each message has a reason");
}

async fn every_iteration_has_one_room_with_its_card_on_top(ledger: &Ledger, (ground, story): (&Ground, &Story)) {
    let rooms: Vec<(String, String, String, String)> = ledger
        .rows(
            "SELECT i.key, r.name, r.room, c.message FROM iterations i JOIN rooms r ON r.iteration = i.key \
             JOIN cards c ON c.room = r.room AND c.subject = 'room:' || i.key",
        )
        .await;
    let keys: BTreeSet<&String> = rooms.iter().map(|(key, ..)| key).collect();
    assert_eq!(keys, BTreeSet::from_iter(&story.iterations));
    assert_eq!(rooms.len(), keys.len());
    let chat = ground.chat.state();
    let ours = chat.rooms.values().filter(|room| room.made_at.is_some()).count();
    assert_eq!(ours, rooms.len(), "no room without an iteration");
    let is_news = |message: &&Message| serde_json::to_string(&message.content).unwrap().contains("The room of ");
    let news = chat.rooms["lobby"].messages.iter().filter(is_news).count();
    assert_eq!(news, rooms.len(), "who asked for a room is told once that it is open");
    for (key, name, room, card) in rooms {
        let room = &chat.rooms[&local(&room)];
        assert!(room.made_at.is_some() && room.name == name, "{key}");
        assert_eq!(room.pinned.as_ref(), Some(&card), "the card of {key} is on top");
    }
}

async fn every_deployment_has_ended_as_it_had_to(ledger: &Ledger, ground: &Ground) {
    let deployments = deployments(ledger).await;
    let asked = deployments.iter().filter(|deployment| deployment.cause == "asked").count();
    let commands: Vec<(i64,)> =
        ledger.rows("SELECT count(*) FROM audit WHERE command IN ('deploy', 'rollback') AND outcome = 'changed'").await;
    assert_eq!(i64::try_from(asked).unwrap(), commands[0].0, "each that was asked for, once");
    let drifts = deployments.iter().filter(|deployment| deployment.cause == "drift").count();
    assert_eq!(drifts, 0, "nobody changed anything past the bot");
    let shown: Vec<(String, String)> = ledger.rows("SELECT subject, id FROM cards WHERE subject LIKE 'run:%'").await;
    let cards = cards_of(ground);
    for deployment in &deployments {
        let told = format!("deployment {} of {}", deployment.number, deployment.environment);
        // What never starts well cannot come up; what is never started, or called off, is nobody's failure.
        let is_broken = deployment.selections.contains("broken");
        let expected = match deployment.state.as_str() {
            "cancelled" => {
                assert!(deployment.cancelled_by.is_some(), "{told} was cancelled by nobody");
                State::Idle
            }
            "superseded" => State::Idle,
            "failed" if is_broken => State::Failed,
            "succeeded" if !is_broken => State::Ok,
            other => panic!("{told} is {other}"),
        };
        let subject = format!("run:{}:{}", deployment.environment, deployment.id);
        for (_, card) in shown.iter().filter(|(shown, _)| *shown == subject) {
            assert_eq!(cards.get(card), Some(&expected), "what the card of {told} shows");
        }
    }
    for (environment, numbers) in numbers(ledger).await {
        assert!(numbers.iter().enumerate().all(|(at, number)| at + 1 == *number), "{environment}: {numbers:?}");
    }
}

/// The revision numbers of each environment.
async fn numbers(ledger: &Ledger) -> BTreeMap<String, Vec<usize>> {
    let rows: Vec<(String, i64)> = ledger.rows("SELECT environment, number FROM revisions ORDER BY number").await;
    let mut numbers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (environment, number) in rows {
        numbers.entry(environment).or_default().push(usize::try_from(number).unwrap());
    }
    numbers
}

/// A deployment as the ledger has it.
#[derive(sqlx::FromRow)]
struct Deployment {
    id: String,
    number: i64,
    environment: String,
    generation: i64,
    state: String,
    cause: String,
    cancelled_by: Option<String>,
    started_at: Option<i64>,
    steps: String,
    revision: i64,
    selections: String,
    why: String,
}

async fn deployments(ledger: &Ledger) -> Vec<Deployment> {
    ledger
        .rows(
            "SELECT d.id, d.number, d.environment, d.generation, d.state, d.cause, d.cancelled_by, d.started_at, d.steps, \
             d.revision, r.selections, r.why FROM deployments d \
             JOIN revisions r ON r.environment = d.environment AND r.number = d.revision ORDER BY d.seq",
        )
        .await
}

/// How each card's object is, as the chat shows it.
fn cards_of(ground: &Ground) -> BTreeMap<String, State> {
    let chat = ground.chat.state();
    let messages = chat.rooms.values().flat_map(|room| &room.messages);
    let card = |message: &Message| match &message.content {
        Content::Card(card) => Some((card.id.to_string(), card.state)),
        Content::Text(_) | Content::Log(_) | Content::File(_) => None,
    };
    messages.filter_map(card).collect()
}

async fn what_should_run_runs_once(ledger: &Ledger, (ground, story): (&Ground, &Story)) {
    let wished: Vec<(String, String, i64, i64, String)> =
        ledger.rows("SELECT name, wish, wished, generation, seen FROM environments WHERE wished IS NOT NULL").await;
    let deployments = deployments(ledger).await;
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for (environment, wish, revision, generation, seen) in &wished {
        let began: Vec<&Deployment> = deployments
            .iter()
            .filter(|deployment| deployment.environment == *environment && deployment.started_at.is_some())
            .collect();
        assert_eq!(began.last().unwrap().revision, *revision, "what began last is the wish of {environment}");
        if wish == "absent" {
            continue;
        }
        let runs = runs(&began, *generation);
        for (component, version) in runs {
            assert!(seen.contains(&version), "{environment}/{component} runs {version}; written down is {seen}");
            expected.insert(format!("{environment}/{component}"), version);
        }
        moves_with_its_branch(began.last().unwrap(), story);
    }
    for program in ["test_component", "test_supervisor"] {
        let found = ground.processes.of_the_bot().into_iter().filter(|process| process.program == program);
        let found: Vec<(String, String)> = found.map(|process| (process.of, process.version)).collect();
        assert_eq!(found.len(), expected.len(), "twice, orphaned or missing: {found:?}, not {expected:?}");
        assert_eq!(BTreeMap::from_iter(found), expected, "{program}");
    }
}

/// What runs, as the record tells it: each deployment of this life of the environment changed what its steps brought
/// about, and what could not start left the last good one running.
fn runs(began: &[&Deployment], generation: i64) -> BTreeMap<String, String> {
    let mut runs = BTreeMap::new();
    for deployment in began.iter().filter(|deployment| deployment.generation == generation) {
        let selections: BTreeMap<String, Value> = serde_json::from_str(&deployment.selections).unwrap();
        let steps: Vec<Value> = serde_json::from_str(&deployment.steps).unwrap();
        for step in steps.iter().filter(|step| step["state"] == "done" || step["state"] == "unchanged") {
            let component = step["component"].as_str().unwrap().to_owned();
            let version = selections[&component]["artifact"]["digest"].as_str().unwrap().to_owned();
            runs.insert(component, version);
        }
    }
    runs
}

/// Whatever follows the branch that moves has its newest commit by now, unless that is refused with what it came with.
fn moves_with_its_branch(last: &Deployment, story: &Story) {
    let selections: BTreeMap<String, Value> = serde_json::from_str(&last.selections).unwrap();
    let beta = &selections["beta"];
    let follows = beta["follows"] == "branch" && beta["artifact"]["branch"] == "moving";
    if follows && last.state == "succeeded" && last.cause != "taken_back" && !last.is_rollback() {
        assert_eq!(beta["artifact"]["label"], story.moved_to, "it follows its branch");
    }
}

impl Deployment {
    /// Whether it went back to an older content, whose newer versions are refused.
    fn is_rollback(&self) -> bool {
        self.why.starts_with("rollback")
    }
}
