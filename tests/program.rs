//! What the program says when it cannot do what it was started for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

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
