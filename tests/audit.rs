//! `chamberlain audit` as a person types it, beside a Chamberlain at work and after it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use support::program::{Program, Sweep, free_address};

/// Runs the program; gives its exit code and what it printed.
fn chamberlain(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    let output = command.current_dir(folder).env("CHAMBERLAIN__PROFILE", "dev").args(arguments).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), told)
}

fn audit(folder: &Path, arguments: &[&str]) -> (i32, String) {
    chamberlain(folder, &[&["audit"], arguments].concat())
}

fn verified(folder: &Path) -> Value {
    serde_json::from_str(&audit(folder, &["verify", "--json"]).1).unwrap()
}

/// Waits until so many lines are sealed and none waits; gives how long that took.
fn sealed(folder: &Path, lines: u64) -> Duration {
    let start = Instant::now();
    loop {
        let found = verified(folder);
        if found["waiting"]["lines"] == 0 && found["sealed"]["lines"] == lines {
            assert_eq!(found["is_whole"], true, "{found}");
            return start.elapsed();
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{found}");
    }
}

fn run_sql(folder: &Path, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let path = folder.join("data/chamberlain.db").display().to_string();
        let mut conn = SqliteConnection::connect(&path).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    });
}

#[test]
fn the_audit_is_sealed_while_it_runs_verified_exported_and_each_forgery_named() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let _sweep = Sweep(folder);
    assert!(audit(folder, &["verify"]).1.contains("is not there"), "there is no database");
    let bot = Program::start(folder, free_address());
    let (code, told) = audit(folder, &["seal"]);
    assert!(code == 1 && told.contains("has no seal yet"), "{told}");
    for number in 0..4 {
        bot.say("lobby", &format!("echo {number}"));
    }
    bot.say("lobby", "ping");
    sealed(folder, 5);
    let (code, told) = audit(folder, &["verify"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("SQLite in data/chamberlain.db: the audit is what was sealed.\n"), "{told}");
    assert!(told.contains("\nSealed    up to line 5, by seal "), "{told}");
    assert!(told.contains("\nWaiting   no line waits for its seal.\n"), "{told}");
    let (code, told) = chamberlain(folder, &["store", "check"]);
    assert!(code == 0 && told.contains("The audit is sealed by seal "), "{told}");

    let (code, seal) = audit(folder, &["seal"]);
    assert_eq!(code, 0);
    std::fs::write(folder.join("kept.json"), &seal).unwrap();
    let hash = serde_json::from_str::<Value>(&seal).unwrap()["hash"].as_str().unwrap().to_owned();
    bot.kill();

    let (code, told) = audit(folder, &["verify", "--from-seal", "kept.json", &hash]);
    assert!(code == 0 && told.contains("has the 2 seals kept elsewhere"), "{told}");
    let (code, lines) = audit(folder, &["export", "--command", "echo", "--since", "1h"]);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let echoes = lines.iter().filter(|line| line["command"] == "echo" && line["seal"].is_i64()).count();
    assert_eq!((code, echoes), (0, 4));
    for (arguments, wanted) in [
        (&["export", "--since", "soon"][..], "soon: no moment. Write 2026-03-02"),
        (&["verify", "--from-seal", "nowhere.json"], "--from-seal nowhere.json: it is no hash"),
        (&["verify", "--database", "sqlite:nowhere.db"], "nowhere.db is not there"),
    ] {
        let (code, told) = audit(folder, arguments);
        assert!(code == 1 && told.contains(wanted), "{told}");
    }

    run_sql(folder, "UPDATE audit SET actor = 'bo' WHERE seq = 3; DELETE FROM audit WHERE seq = 5");
    let (code, told) = audit(folder, &["verify"]);
    assert_eq!(code, 3, "{told}");
    assert!(told.contains(": line 3 was changed after the seal.\n"), "{told}");
    assert!(told.contains(": line 5 is missing, and no retention removed it.\n"), "{told}");
    assert!(told.contains("the audit is NOT what was sealed. Somebody has written to the database"), "{told}");
    let found = verified(folder);
    let kinds: Vec<&Value> = found["problems"].as_array().unwrap().iter().map(|problem| &problem["kind"]).collect();
    assert_eq!(kinds, ["changed", "missing"]);

    // Whoever can write there seals anew: only a seal from elsewhere tells.
    run_sql(folder, "DELETE FROM audit_seals");
    let bot = Program::start(folder, free_address());
    sealed(folder, 4);
    let (code, told) = audit(folder, &["verify", "--from-seal", "kept.json"]);
    assert!(code == 3 && told.contains("is not the one that was kept elsewhere"), "{told}");
    bot.kill();
}

/// Killed again and again while people talk: nothing is sealed twice, and nothing is left out.
#[test]
fn a_bot_that_is_killed_again_and_again_seals_everything_once() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let _sweep = Sweep(folder);
    let mut said = 0;
    for round in 0..6 {
        let bot = Program::start(folder, free_address());
        // A seal comes a moment after the first of them: it is killed before, at, and after that.
        for _ in 0..=round * 2 {
            said += 1;
            assert!(bot.say("lobby", "echo hello").contains("hello"));
        }
        bot.kill();
        assert_eq!(verified(folder)["is_whole"], true);
    }
    let bot = Program::start(folder, free_address());
    sealed(folder, said);
    bot.kill();
}
