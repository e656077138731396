//! The bot as a child process: its lines, its holds, and its death by SIGKILL.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use chamberlain::domain::moment::Moment;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long a line may be waited for.
const LIMIT: Duration = Duration::from_secs(30);

/// What a wait ended with.
pub(crate) enum Waited<T> {
    /// What was waited for.
    Found(T),
    /// Nothing is left to do, and it did not come.
    Quiet,
}

/// A running bot. It ends with this, however that ends.
pub(crate) struct Bot {
    child: Child,
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Bot {
    pub(crate) fn start(folder: &Path, chat: &str) -> Self {
        let mut child = Command::new(example("crash_bot"))
            .arg(folder)
            .arg(chat)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log(folder))
            .kill_on_drop(true)
            .spawn()
            .expect("`cargo test --test crash` alone builds no examples: `cargo build --examples` first");
        let (orders, lines) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, orders, lines: BufReader::new(lines).lines() }
    }

    /// The next thing it tells.
    pub(crate) async fn line(&mut self) -> String {
        let line = tokio::time::timeout(LIMIT, self.lines.next_line()).await;
        line.expect("it tells nothing any more").unwrap().expect("it ended by itself")
    }

    /// Has it stay in a moment once that went by so often.
    pub(crate) async fn hold(&mut self, moment: Moment, times: usize) {
        let order = format!("hold {} {times}\n", moment.as_str());
        self.orders.write_all(order.as_bytes()).await.unwrap();
        while self.line().await != "ready to hold" {}
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

pub(crate) fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join("examples").join(name)
}

fn log(folder: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(folder.join("bot.log")).unwrap()
}
