//! The program that people start, in a folder of its own, and git as they call it there.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A start of the program.
pub struct Program<'f> {
    folder: &'f Path,
    pub address: SocketAddr,
    /// What it printed at its start.
    pub told: String,
    child: Child,
}

/// Ends whatever still runs below the folder, however the test ended.
pub struct Sweep<'f>(pub &'f Path);

impl Drop for Sweep<'_> {
    fn drop(&mut self) {
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let id = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
            let is_below = std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(self.0));
            if let (Some(id), true) = (id, is_below) {
                // It may have ended by itself meanwhile.
                kill_process(id, Signal::KILL).ok();
            }
        }
    }
}

/// An address that nobody listens at.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn chamberlain(folder: &Path, address: SocketAddr, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    command
        .current_dir(folder)
        .envs(variables.iter().copied())
        .env("CHAMBERLAIN__PROFILE", "dev")
        .env("CHAMBERLAIN__ENVIRONMENTS__SETTLE", "100ms")
        .env("CHAMBERLAIN__SERVER__LISTEN", address.to_string());
    command
}

impl<'f> Program<'f> {
    /// Starts it, and waits for its start text.
    pub fn start(folder: &'f Path, address: SocketAddr) -> Self {
        Self::start_with(folder, address, &[])
    }

    /// The same, with these variables.
    pub fn start_with(folder: &'f Path, address: SocketAddr, variables: &[(&str, &str)]) -> Self {
        let mut child =
            chamberlain(folder, address, variables).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut told = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(
            lines.any(|line| {
                told = std::mem::take(&mut told) + &line.unwrap() + "\n";
                told.contains("Ctrl-C")
            }),
            "it does not start: {told}"
        );
        Self { folder, address, told, child }
    }

    pub fn say(&self, room: &str, text: &str) -> String {
        let said = chamberlain(self.folder, self.address, &[]).args(["say", "--room", room, text]).output().unwrap();
        String::from_utf8(said.stdout).unwrap()
    }

    /// Asks until the answer has `wanted`.
    pub fn say_until(&self, (room, text): (&str, &str), wanted: &str) -> String {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let answer = self.say(room, text);
            if answer.contains(wanted) {
                return answer;
            }
            assert!(Instant::now() < until, "{text}: {answer}");
        }
    }

    /// The link that logs in, from the start text.
    pub fn login_link(&self) -> &str {
        self.told.split_whitespace().find(|word| word.contains("/login?key=")).unwrap()
    }

    /// Where a git server says that something was pushed to `repository`.
    pub fn push_address(&self, repository: &str) -> String {
        let told = chamberlain(self.folder, self.address, &[]).arg("hooks").output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let of_it = |line: &&str| line.trim_start().starts_with("Address") && line.ends_with(&format!("/{repository}"));
        told.lines().find(of_it).and_then(|line| line.split_whitespace().last()).unwrap().to_owned()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Git as a person with a name calls it in the sample's `web`.
fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder.join("data/sample/web")).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Ana").env(format!("GIT_{role}_EMAIL"), "ana@example.org");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Changes a word of the page on a branch, and commits it: what the README tells people to try.
pub fn commit(folder: &Path, branch: &str, (old, new): (&str, &str)) {
    git(folder, &["switch", "--quiet", branch]);
    let page = folder.join("data/sample/web/page.toml");
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains(old), "{text}");
    std::fs::write(&page, text.replace(old, new)).unwrap();
    git(folder, &["commit", "--quiet", "-am", "Try something"]);
}
