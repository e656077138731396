//! The two-minute walk, with the program that people start: a room, a deployment, a page, a kill, the same page.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A start of the program in a folder of its own.
struct Program<'f> {
    folder: &'f Path,
    address: SocketAddr,
    child: Child,
}

/// Ends whatever still runs below the folder, however the test ended.
struct Sweep<'f>(&'f Path);

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

fn chamberlain(folder: &Path, address: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    command
        .current_dir(folder)
        .env("CHAMBERLAIN__PROFILE", "dev")
        .env("CHAMBERLAIN__SERVER__LISTEN", address.to_string());
    command
}

impl<'f> Program<'f> {
    /// Starts it, and waits for its start text.
    fn start(folder: &'f Path, address: SocketAddr) -> Self {
        let mut child = chamberlain(folder, address).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("Ctrl-C")), "it does not start");
        Self { folder, address, child }
    }

    fn say(&self, room: &str, text: &str) -> String {
        let said = chamberlain(self.folder, self.address).args(["say", "--room", room, text]).output().unwrap();
        String::from_utf8(said.stdout).unwrap()
    }

    /// Asks until the answer has `wanted`.
    fn say_until(&self, (room, text): (&str, &str), wanted: &str) -> String {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let answer = self.say(room, text);
            if answer.contains(wanted) {
                return answer;
            }
            assert!(Instant::now() < until, "{text}: {answer}");
        }
    }

    /// A component's page, by its name.
    fn page(&self, host: &str) -> String {
        let client = reqwest::blocking::Client::builder().no_proxy().resolve(host, self.address).build().unwrap();
        client.get(format!("http://{host}:{}/", self.address.port())).send().unwrap().text().unwrap()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn the_walk_of_two_minutes_survives_a_kill() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let sweep = Sweep(folder);
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::start(folder, address);
    assert!(program.say("lobby", "iteration start Sprint 1").contains("has started"));
    program.say_until(("lobby", "iteration show --in sprint-1"), "#sprint-1");
    assert!(program.say("sprint-1", "deploy --all-branches feature/pay").contains("on its way"));
    let up = program.say_until(("sprint-1", "status"), "web: `feature/pay");
    assert!(up.contains("revision 1"), "{up}");
    program.say_until(("sprint-1", "status --all"), "2 of 2 up");
    let page = program.page("web.sprint-1.localhost");
    assert!(page.contains("Takes Cards") && page.contains("api says: "), "{page}");
    program.kill();
    let program = Program::start(folder, address);
    assert_eq!(program.page("web.sprint-1.localhost"), page, "it went on without us, and is found again");
    assert!(program.say("sprint-1", "deploy web@feature/dark").contains("Revision 2"));
    program.say_until(("sprint-1", "status"), "web: `feature/dark");
    program.kill();
    drop(sweep);
}
