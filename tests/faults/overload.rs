//! Much more is said than can be done: what is taken in is bounded, whoever is turned away reads so, an alarm tells of the
//! oldest that waits, and all that was taken in is answered when there is time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::ground::Ground;
use crate::trials::Run;

/// What people say: one in so many takes the outside a second, and all wait for it, since they are said in one room.
const SLOW_EACH: usize = 20;
/// The letters of the others.
const LETTERS: usize = 1_000;
/// How many type at once.
const PEOPLE: usize = 256;
/// How many rows a process has in hand at most: `store::writer::OPEN`.
const OPEN: usize = 16_384;
/// What a row in hand may cost: the message as it came, as it is stored, and as it is answered, and what leads to it.
const EACH: usize = 8 * 1024;
/// An event that waits for so long is told of; looked at every 15 s.
const ALARM: Duration = Duration::from_secs(60 + 15 + 15);
/// How long it may take until somebody is turned away.
const LONGEST: Duration = Duration::from_mins(4);
/// How long it may take until all of it is answered.
const DRAINED: Duration = Duration::from_mins(6);

pub(crate) async fn overload(run: Run) {
    let class = run.report.class("ten times what is sustained");
    let mut ground = Ground::on_a_file(run.seed).await;
    let story = ground.begin().await;
    std::fs::write(ground.start.folder.join("slow"), "").unwrap();
    let sustained = sustained(&ground).await;
    let before = memory(&ground);
    let after = Duration::from_secs(if run.is_long { 60 } else { 5 });
    class.tried();
    let began = Instant::now();
    let flooded = flood(&ground, after).await;
    let offered = each_second(flooded.taken + flooded.refused, began);
    assert!(offered >= 10.0 * sustained, "{offered} a second are not ten times {sustained}");
    assert!(flooded.refused > 0, "nobody was told to wait: {} were taken", flooded.taken);
    assert_eq!(flooded.other, 0, "something else was told");
    let grown = flooded.memory.saturating_sub(before);
    assert!(grown <= OPEN * EACH, "it grew by {} MB", grown / 1_048_576);
    tokio::time::timeout(ALARM, alarm(&ground)).await.expect("no alarm is told");
    std::fs::remove_file(ground.start.folder.join("slow")).unwrap();
    let drained = Instant::now();
    tokio::time::timeout(DRAINED, all_answered(&ground)).await.expect("what was taken in is not answered");
    each_is_answered_once(&ground, flooded.taken).await;
    class.survived();
    class.note(format!(
        "{offered:.0} a second, {sustained:.0} sustained; {} taken, {} refused, {} MB more, answered after {} s",
        flooded.taken,
        flooded.refused,
        grown / 1_048_576,
        drained.elapsed().as_secs()
    ));
    ground.close(&story).await;
}

/// How many are answered a second, while so many are waited for.
async fn sustained(ground: &Ground) -> f64 {
    let began = Instant::now();
    let (api, token) = ground.api();
    let mut typing = Typing::connect(api, token).await;
    for number in 0..2 * SLOW_EACH {
        assert_eq!(typing.say(number).await, (202, String::new()));
    }
    tokio::time::timeout(DRAINED, all_answered(ground)).await.expect("a few are not answered");
    each_second(2 * SLOW_EACH, began)
}

/// So many since then, as a rate.
#[expect(clippy::cast_precision_loss, reason = "nobody says so much")]
fn each_second(count: usize, began: Instant) -> f64 {
    count as f64 / began.elapsed().as_secs_f64()
}

/// What came of a flood.
#[derive(Default)]
struct Flooded {
    taken: usize,
    refused: usize,
    other: usize,
    /// The most that the bot held of the machine's memory, in bytes.
    memory: usize,
}

/// Many people type as fast as they are answered, and go on for a while after the first is turned away.
async fn flood(ground: &Ground, after: Duration) -> Flooded {
    let (api, token) = ground.api();
    let next = Arc::new(AtomicUsize::new(2 * SLOW_EACH));
    let (end, ends) = watch::channel(Instant::now() + LONGEST);
    let end = Arc::new(end);
    let mut people = JoinSet::new();
    for _ in 0..PEOPLE {
        let (token, next, end, ends) = (token.clone(), next.clone(), end.clone(), ends.clone());
        people.spawn(async move {
            let (mut typing, mut flooded) = (Typing::connect(api, token).await, Flooded::default());
            while Instant::now() < *ends.borrow() {
                match typing.say(next.fetch_add(1, Ordering::Relaxed)).await {
                    (202, _) => flooded.taken += 1,
                    (503, told) if told.contains("more to do than I can keep up with") => {
                        flooded.refused += 1;
                        let soon = Instant::now() + after;
                        end.send_if_modified(|end| std::mem::replace(end, soon.min(*end)) > soon);
                    }
                    _ => flooded.other += 1,
                }
            }
            flooded
        });
    }
    let mut all = Flooded::default();
    loop {
        tokio::select! {
            ended = people.join_next() => match ended {
                Some(ended) => {
                    let one = ended.unwrap();
                    (all.taken, all.refused, all.other) =
                        (all.taken + one.taken, all.refused + one.refused, all.other + one.other);
                }
                None => return all,
            },
            () = tokio::time::sleep(Duration::from_millis(100)) => all.memory = all.memory.max(memory(ground)),
        }
    }
}

/// Somebody's connection.
struct Typing {
    stream: BufReader<TcpStream>,
    api: SocketAddr,
    token: String,
}

impl Typing {
    async fn connect(api: SocketAddr, token: String) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(api).await.unwrap()), api, token }
    }

    /// Says a line in the lobby; gives the answer's status, and its words unless it was taken in.
    async fn say(&mut self, number: usize) -> (u16, String) {
        let text = if number.is_multiple_of(SLOW_EACH) {
            "deploy alpha@nowhere --in ground".to_owned()
        } else {
            format!("echo {number} {}", "x".repeat(LETTERS))
        };
        let body = json!({ "room": "lobby", "text": text }).to_string();
        let head = format!(
            "POST /api/v1/messages HTTP/1.1\r\nHost: chamberlain.localhost:{}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.api.port(),
            self.token,
            body.len()
        );
        self.stream.write_all((head + &body).as_bytes()).await.unwrap();
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            assert!(self.stream.read_line(&mut line).await.unwrap() > 0, "the line went dead");
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            } else if line == "\r\n" {
                break;
            }
        }
        let mut told = vec![0; length];
        self.stream.read_exact(&mut told).await.unwrap();
        (status, if status == 202 { String::new() } else { String::from_utf8(told).unwrap() })
    }
}

/// The bot's resident memory, in bytes.
fn memory(ground: &Ground) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", ground.bot.pid().as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<usize>().unwrap() * 1024
}

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(200);

async fn alarm(ground: &Ground) {
    let log = ground.start.folder.join("bot.log");
    while !std::fs::read_to_string(&log).unwrap().contains("ALARM: the oldest") {
        tokio::time::sleep(LOOK).await;
    }
}

async fn all_answered(ground: &Ground) {
    let sql = "SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL) + \
               (SELECT count(*) FROM outbox WHERE done_at IS NULL)";
    while ground.ledger().await.rows::<(i64,)>(sql).await[0].0 > 0 {
        tokio::time::sleep(LOOK).await;
    }
}

async fn each_is_answered_once(ground: &Ground, taken: usize) {
    let ledger = ground.ledger().await;
    let said = i64::try_from(taken + 2 * SLOW_EACH).unwrap();
    for rows in ["audit", "outbox WHERE state = 'done'"] {
        let sql = format!(
            "SELECT count(DISTINCT event), count(*) FROM (SELECT event FROM {rows}) AS rows \
             WHERE event IN (SELECT id FROM inbox WHERE source = 'chat:console')"
        );
        assert_eq!(ledger.rows::<(i64, i64)>(&sql).await, [(said, said)], "each is there once: {rows}");
    }
}
