//! A database with millions of lines in the audit, made once by a bounded generator, and the released program on it.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};

use crate::{Size, tell};

/// How many lines one statement adds.
const BATCH: u64 = 500_000;

/// The start by the number of lines, and the size of the file.
pub(super) fn measure(size: &Size) {
    let folder = tempfile::tempdir().unwrap();
    Program::start(folder.path()).end();
    starts("no lines", folder.path(), size.starts);
    let start = Instant::now();
    fill(folder.path(), size.lines);
    let file = std::fs::metadata(folder.path().join("data/chamberlain.db")).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
    let megabytes = file.len() as f64 / 1e6;
    println!(
        "{:44} {megabytes:.0} MB, made in {:.0} s",
        format!("{} lines", size.lines),
        start.elapsed().as_secs_f64()
    );
    starts(&format!("{} lines", size.lines), folder.path(), size.starts);
}

fn starts(what: &str, folder: &Path, times: usize) {
    let (mut texts, mut pongs, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..times {
        let program = Program::start(folder);
        texts.push(program.started);
        let start = Instant::now();
        program.say("ping");
        pongs.push(program.started + start.elapsed());
        let start = Instant::now();
        program.say("iteration list");
        lists.push(start.elapsed());
        program.end();
    }
    tell(&format!("{what}: start, its text"), texts);
    tell(&format!("{what}: start, first `pong`, by `say`"), pongs);
    tell(&format!("{what}: `iteration list`, by `say`"), lists);
}

fn fill(folder: &Path, lines: u64) {
    let options = SqliteConnectOptions::new().filename(folder.join("data/chamberlain.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut conn = options.connect().await.unwrap();
        for first in (0..lines).step_by(usize::try_from(BATCH).unwrap()) {
            let last = lines.min(first + BATCH);
            let insert = format!(
                "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {last}) \
                 INSERT INTO audit (at, event, actor, command, target, outcome, reason, rules, trace) \
                 SELECT 1700000000000 + i * 1000, printf('%026d', i), 'person:p' || (i % 500), 'deploy', \
                 'life-' || (i % 1000), 'changed', NULL, 'rules', printf('%026d', i) FROM n"
            );
            sqlx::query(AssertSqlSafe(insert)).execute(&mut conn).await.unwrap();
        }
    });
}

/// A start of the released program.
struct Program {
    folder: PathBuf,
    address: SocketAddr,
    child: Child,
    _out: BufReader<std::process::ChildStdout>,
    /// How long it took until its text was there.
    started: Duration,
}

impl Program {
    fn start(folder: &Path) -> Self {
        let address: SocketAddr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let start = Instant::now();
        let mut child = program(folder, address).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("Ctrl-C") {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "it does not start");
        }
        Self { folder: folder.to_owned(), address, child, _out: out, started: start.elapsed() }
    }

    /// Has it answer a line.
    fn say(&self, line: &str) {
        let said = program(&self.folder, self.address).args(["say", line]).stdout(Stdio::null()).status().unwrap();
        assert!(said.success(), "`{line}` is not answered");
    }

    /// Has it end in order, as a service manager does.
    fn end(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
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

fn program(folder: &Path, address: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    command.current_dir(folder).env("CHAMBERLAIN__PROFILE", "dev").env("CHAMBERLAIN__LOG__LEVEL", "warn");
    command.env("CHAMBERLAIN__SERVER__LISTEN", address.to_string());
    command
}
