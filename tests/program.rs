//! What the program says when it cannot do what it was started for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    command.current_dir(folder).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_taken_port_is_told_with_the_setting_that_chooses_another() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(folder.path(), &[], &[("CHAMBERLAIN__SERVER__LISTEN", &address)]);
    assert!(!output.status.success());
    let told = told(&output);
    assert!(told.contains(&format!("cannot listen on {address}")), "{told}");
    assert!(told.contains("CHAMBERLAIN__SERVER__LISTEN"), "{told}");
}

#[test]
fn five_mistakes_in_a_config_are_told_at_once_with_line_and_hint() {
    let folder = tempfile::tempdir().unwrap();
    let text = "profil = \"dev\"\n[server]\nlisten = \"localhost\"\n[store]\nsynchronous = \"off\"\n\
        [people.Ana]\n[components.web]\nrepository = \"shop\"\nrun = [\"x\"]\n";
    std::fs::write(folder.path().join("config.toml"), text).unwrap();
    for arguments in [&["check-config"][..], &[]] {
        let output = run(folder.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(2));
        insta::assert_snapshot!("five_mistakes", told(&output));
    }
}

#[test]
fn a_config_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["--config", "nowhere.toml", "check-config"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).starts_with("nowhere.toml: cannot be read"), "{}", told(&output));
}

#[test]
fn nobody_to_talk_to_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["say", "ping"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).starts_with("There is no token in data/token."), "{}", told(&output));
}

#[test]
fn the_hooks_are_told_without_a_server_and_stay_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let hooks = |variables: &[(&str, &str)]| {
        let output = run(folder.path(), &["hooks"], variables);
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    assert!(hooks(&[]).starts_with("The config has no repositories."));
    assert!(!folder.path().join("data").exists(), "nothing to keep yet");
    let dev = ("CHAMBERLAIN__PROFILE", "dev");
    let first = hooks(&[dev]);
    let secret = std::fs::read_to_string(folder.path().join("data/hooks")).unwrap();
    for repository in ["api", "web"] {
        let address = format!("http://127.0.0.1:7420/hooks/push/{}/{repository}", secret.trim());
        assert!(first.contains(&format!("{repository}\n  Address       {address}\n")), "{first}");
        assert!(first.contains(&format!("  post-receive  curl -fsS --max-time 5 -X POST {address}\n")), "{first}");
    }
    assert_eq!(hooks(&[dev]), first);
}

#[test]
fn s103_one_repository_and_one_component_are_set_up_in_ten_lines() {
    let folder = tempfile::tempdir().unwrap();
    let text = "profile = \"dev\"\n[repositories.shop]\nurl = \"/srv/git/shop\"\n[components.shop]\n\
        repository = \"shop\"\nrun = [\"./target/release/shop\"]\n";
    assert!(text.lines().count() <= 10);
    std::fs::write(folder.path().join("config.toml"), text).unwrap();
    let output = run(folder.path(), &["check-config"], &[]);
    assert!(output.status.success(), "{}", told(&output));
}

/// The program with a disk that has room for so many bytes of one file: beyond them every write fails, as on a full one.
fn with_little_room(folder: &Path, address: &str) -> Running {
    // The signal that a write beyond the limit sends is ignored, so that the write fails instead.
    let script = "trap '' XFSZ; ulimit -f 2000; exec \"$0\"";
    let mut command = Command::new("bash");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_chamberlain")])
        .current_dir(folder)
        .env("CHAMBERLAIN__PROFILE", "dev")
        .env("CHAMBERLAIN__SERVER__LISTEN", address);
    Running::start(&mut command)
}

/// A server at work; it ends with the test, however that ends.
struct Running(std::process::Child);

impl Running {
    /// Starts it, and waits until it listens.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let running = Self(child);
        assert!(lines.map_while(Result::ok).any(|line| line.contains("Ctrl-C")), "it does not start");
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only when it has ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn a_full_disk_is_told_and_what_was_stored_is_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let variables = [("CHAMBERLAIN__PROFILE", "dev"), ("CHAMBERLAIN__SERVER__LISTEN", address.as_str())];
    let say = |text: &str| run(folder.path(), &["say", text], &variables);
    let full = with_little_room(folder.path(), &address);
    let long = "x".repeat(12_000);
    let mut stored = 0;
    let refused = loop {
        let output = say(&format!("echo {stored} {long}"));
        if !output.status.success() {
            break output;
        }
        stored += 1;
        assert!(stored < 200, "the disk is never full");
    };
    assert!(stored > 0, "{}", told(&refused));
    let words = told(&refused);
    assert!(["not stored", "no answer", "nothing was done"].iter().any(|how| words.contains(how)), "{words}");
    drop(full);
    let mut again = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    let _again = Running::start(again.current_dir(folder.path()).envs(variables));
    assert!(told(&say("ping")).contains("pong"), "with room again it goes on");
}

#[test]
fn who_has_it_end_as_soon_as_it_has_started_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_chamberlain"))
        .current_dir(folder.path())
        .envs([("CHAMBERLAIN__PROFILE", "dev"), ("CHAMBERLAIN__SERVER__LISTEN", "127.0.0.1:0")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("Ctrl-C")));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(lines.any(|line| line.contains("has stopped")));
    assert!(child.wait().unwrap().success());
}
