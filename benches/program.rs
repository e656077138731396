//! How the program itself does, started as people start it: its start, its memory, the way from a message to its
//! answer. `cargo bench --bench program`; `docs/benchmarks.md` tells what is measured.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How often each is measured.
struct Rounds {
    starts: usize,
    messages: usize,
    settle: Duration,
}

const WHOLE: Rounds = Rounds { starts: 20, messages: 3_000, settle: Duration::from_secs(5) };
const QUICK: Rounds = Rounds { starts: 3, messages: 100, settle: Duration::from_secs(1) };

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_left_out = |name: &&String| !name.starts_with('-') && !"program".contains(name.as_str());
    if arguments.iter().any(|name| is_left_out(&name)) {
        return;
    }
    let rounds = if arguments.iter().any(|name| name == "--quick") { QUICK } else { WHOLE };
    let place = tempfile::tempdir().unwrap();
    disk(place.path(), rounds.messages);
    let ground = Ground { folder: place.path(), address: free_address(), synchronous: "full" };
    starts(&ground, &rounds);
    latency(&ground, &rounds);
    latency(&Ground { synchronous: "normal", ..ground }, &rounds);
}

/// What the disk itself takes to make 4 kB last: what a message that is on disk cannot beat.
fn disk(folder: &Path, rounds: usize) {
    let mut file = File::create(folder.join("probe")).unwrap();
    let write = |_| {
        let start = Instant::now();
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        start.elapsed()
    };
    tell("disk: write 4 kB, fdatasync", (0..rounds).map(write).collect());
}

/// Starts on a database that is there already, and the memory once a start has settled.
fn starts(ground: &Ground<'_>, rounds: &Rounds) {
    let first = Program::start(ground);
    first.echo(&mut first.connect(), "the first");
    first.end();
    let (mut pages, mut texts, mut pings) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds.starts {
        let start = Instant::now();
        let program = Program::start(ground);
        texts.push(start.elapsed());
        let mut connection = program.connect();
        let (status, _) = connection.ask("GET", "/", None);
        assert_eq!(status, 200);
        pages.push(start.elapsed());
        assert_eq!(program.answer(&mut connection, "ping"), "pong");
        pings.push(start.elapsed());
        program.end();
    }
    tell("start: its text is written", texts);
    tell("start: GET / is answered", pages);
    tell("start: ping is answered", pings);
    let program = Program::start(ground);
    std::thread::sleep(rounds.settle);
    program.tell_memory("memory: idle after the start");
    let mut connection = program.connect();
    (0..rounds.messages).for_each(|number| program.echo(&mut connection, &number.to_string()));
    std::thread::sleep(rounds.settle);
    program.tell_memory("memory: idle after that many echoes");
    program.end();
}

/// One message at a time, from its sending until its answer is read.
fn latency(ground: &Ground<'_>, rounds: &Rounds) {
    let program = Program::start(ground);
    let mut connection = program.connect();
    let warm = rounds.messages / 10;
    let (mut taken, mut answered) = (Vec::new(), Vec::new());
    for number in 0..rounds.messages + warm {
        let start = Instant::now();
        let event = program.say(&mut connection, &format!("echo {number}"));
        let arrived = start.elapsed();
        assert_eq!(program.hear(&mut connection, &event), number.to_string());
        if number >= warm {
            taken.push(arrived);
            answered.push(start.elapsed());
        }
    }
    tell(&format!("echo, {}: taken in", ground.synchronous), taken);
    tell(&format!("echo, {}: answered", ground.synchronous), answered);
    program.end();
}

/// Where the program is started.
struct Ground<'f> {
    folder: &'f Path,
    address: SocketAddr,
    synchronous: &'static str,
}

/// A start of the program.
struct Program {
    address: SocketAddr,
    token: String,
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Program {
    /// Starts it, and waits for its start text.
    fn start(ground: &Ground<'_>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chamberlain"))
            .current_dir(ground.folder)
            .env("CHAMBERLAIN__PROFILE", "dev")
            .env("CHAMBERLAIN__LOG__LEVEL", "warn")
            .env("CHAMBERLAIN__STORE__SYNCHRONOUS", ground.synchronous)
            .env("CHAMBERLAIN__SERVER__LISTEN", ground.address.to_string())
            // One person says it all.
            .env("CHAMBERLAIN__SERVER__MESSAGES_PER_MINUTE", "1000000")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("Ctrl-C") {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "it does not start");
        }
        let token = std::fs::read_to_string(ground.folder.join("data/token")).unwrap().trim().to_owned();
        Self { address: ground.address, token, child, out }
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        let head = format!("Host: chamberlain.localhost:{}\r\n", self.address.port());
        Connection { reader: BufReader::new(stream), head }
    }

    /// Says something, and gives the event that it became.
    fn say(&self, connection: &mut Connection, text: &str) -> String {
        let body = serde_json::json!({ "room": "lobby", "text": text }).to_string();
        let (status, said) = connection.ask_as(&self.token, ("POST", "/api/v1/messages", Some(&body)));
        assert_eq!(status, 202, "{said}");
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        said["event"].as_str().unwrap().to_owned()
    }

    /// Waits for the answer to an event.
    fn hear(&self, connection: &mut Connection, event: &str) -> String {
        let path = format!("/api/v1/events/{event}?wait=20");
        let (_, heard) = connection.ask_as(&self.token, ("GET", &path, None));
        let heard: serde_json::Value = serde_json::from_str(&heard).unwrap();
        heard["answers"][0].as_str().unwrap_or_else(|| panic!("no answer: {heard}")).to_owned()
    }

    fn answer(&self, connection: &mut Connection, text: &str) -> String {
        let event = self.say(connection, text);
        self.hear(connection, &event)
    }

    fn echo(&self, connection: &mut Connection, text: &str) {
        assert_eq!(self.answer(connection, &format!("echo {text}")), text);
    }

    fn tell_memory(&self, what: &str) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of = |field: &str| -> f64 {
            let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
            line.trim_start_matches(':').trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1024.0
        };
        let (all, own, most) = (of("VmRSS"), of("RssAnon"), of("VmHWM"));
        println!("{what:44} {all:8.1} MB resident, {own:.1} MB of it its own (not of files), {most:.1} MB at most");
    }

    /// Has it end in order, as a service manager does.
    fn end(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        std::io::copy(&mut self.out, &mut std::io::sink()).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    /// A measurement that failed leaves nothing running.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A connection that is kept.
struct Connection {
    reader: BufReader<TcpStream>,
    head: String,
}

impl Connection {
    fn ask_as(&mut self, token: &str, (method, path, body): (&str, &str, Option<&str>)) -> (u16, String) {
        let length = body.map(|body| format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        let authorization = format!("Authorization: Bearer {token}\r\n{}", length.unwrap_or_default());
        self.ask(method, path, Some((&authorization, body.unwrap_or_default())))
    }

    /// Sends a request, and reads the answer's status and body.
    fn ask(&mut self, method: &str, path: &str, more: Option<(&str, &str)>) -> (u16, String) {
        let (headers, body) = more.unwrap_or_default();
        let request = format!("{method} {path} HTTP/1.1\r\n{}{headers}\r\n{body}", self.head);
        self.reader.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        let mut line = String::new();
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            let lower = line.trim_end().to_ascii_lowercase();
            if lower.is_empty() {
                break;
            }
            if let Some(told) = lower.strip_prefix("http/1.1 ") {
                status = told[..3].parse().unwrap();
            }
            if let Some(told) = lower.strip_prefix("content-length: ") {
                length = told.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Prints the median and the tail.
fn tell(what: &str, mut taken: Vec<Duration>) {
    taken.sort_unstable();
    let at = |part: usize| taken[(taken.len() * part / 100).min(taken.len() - 1)].as_secs_f64() * 1000.0;
    let (median, p99, count) = (at(50), at(99), taken.len());
    println!("{what:44} median {median:8.3} ms   p99 {p99:8.3} ms   ({count} times)");
}
