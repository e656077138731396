//! The bot as a child process: its lines, what it is told to do, and its death by SIGKILL.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use chamberlain::domain::moment::Moment;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::git_server::Door;

/// How long a line may be waited for.
const LIMIT: Duration = Duration::from_secs(30);

/// What a wait ended with.
pub(crate) enum Waited<T> {
    /// What was waited for.
    Found(T),
    /// Nothing is left to do, and it did not come.
    Quiet,
}

/// How a bot is started.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// Its data folder; the last part of the name is what the chat calls it.
    pub(crate) folder: PathBuf,
    /// The chat's port.
    pub(crate) chat: u16,
    /// The path of a file, or the address of a server's database.
    pub(crate) store: String,
    /// By how many milliseconds its clock is ahead of the machine's.
    pub(crate) ahead: i64,
    /// After how many milliseconds a machine that nobody hears of is lost.
    pub(crate) lost_after: u64,
    /// Where it is called, from when it is open.
    pub(crate) door: Door,
}

impl Start {
    /// What the chat calls it.
    pub(crate) fn name(&self) -> String {
        self.folder.file_name().unwrap().display().to_string()
    }
}

/// A running bot. It ends with this, however that ends.
pub(crate) struct Bot {
    child: Child,
    orders: ChildStdin,
    lines: mpsc::UnboundedReceiver<String>,
    _reading: JoinSet<()>,
}

impl Bot {
    pub(crate) fn start(start: &Start) -> Self {
        // The signal that a write beyond the limit of a file's size sends is ignored, so that the write fails instead.
        let mut child = Command::new("bash")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(example("crash_bot"))
            .arg(&start.folder)
            .arg(format!("http://127.0.0.1:{}/", start.chat))
            .arg(&start.store)
            .arg(start.ahead.to_string())
            .arg(start.lost_after.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log(&start.folder))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (orders, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (told, lines) = mpsc::unbounded_channel();
        let (mut reading, door) = (JoinSet::new(), start.door.clone());
        // Read whether anybody waits for it or not: a bot whose pipe is full stands still.
        reading.spawn(async move {
            let mut out = BufReader::new(out).lines();
            while let Ok(Some(line)) = out.next_line().await {
                if let Some((hooks, token)) = line.strip_prefix("door ").and_then(|told| told.split_once(' ')) {
                    door.open((hooks, token));
                } else if told.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, orders, lines, _reading: reading }
    }

    /// The next thing it tells.
    pub(crate) async fn line(&mut self) -> String {
        let line = tokio::time::timeout(LIMIT, self.lines.recv()).await;
        line.expect("it tells nothing any more").expect("it ended by itself")
    }

    /// What it has told since it was asked last.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.lines.try_recv().ok()).collect()
    }

    /// Has it stay in a moment once that went by so often.
    pub(crate) async fn hold(&mut self, moment: Moment, times: usize) {
        self.order(&format!("hold {} {times}", moment.as_str())).await;
        while self.line().await != "ready to hold" {}
    }

    /// Waits until it stays in a moment.
    pub(crate) async fn held(&mut self) {
        while !self.line().await.starts_with("held ") {}
    }

    /// Tells it something; whether it hears that is its own business.
    pub(crate) async fn order(&mut self, order: &str) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.unwrap();
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// How it ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(LIMIT, self.child.wait()).await.expect("it does not end").unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> u64 {
        std::fs::read_dir(format!("/proc/{}/fd", self.pid())).unwrap().count() as u64
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().expect("it runs").try_into().unwrap()).unwrap()
    }
}

pub(crate) fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(path.exists(), "`cargo test --test faults` alone builds no examples: `cargo build --examples` first");
    path
}

fn log(folder: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(folder.join("bot.log")).unwrap()
}
