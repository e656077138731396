//! The commands as a person types them.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use chamberlain::store::Url;
use sqlx::{Connection, PgConnection};

use super::filled::{count, dump, fill, run};
use crate::support::postgres;
use crate::support::program::{Program, Sweep, free_address};

fn chamberlain(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chamberlain"));
    command.current_dir(folder).arg("store").args(arguments);
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn a_copy_a_backup_and_a_check_as_one_types_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = |arguments: &[&str], address: &str| {
        let output = chamberlain(folder.path(), arguments).env("NEW_HOME", address).output().unwrap();
        (output.status.code().unwrap(), told(&output))
    };
    let from = Url::Sqlite(folder.path().join("data/chamberlain.db"));
    let (code, words) = store(&["check"], "");
    assert!(code == 1 && words.starts_with("SQLite in data/chamberlain.db is not there."), "{words}");
    std::fs::create_dir(folder.path().join("data")).unwrap();
    drop(crate::ledger::open(from.clone(), std::sync::Arc::default()).await.unwrap());
    run(&from, "INSERT INTO repositories VALUES ('shop', 'x', 1)").await;

    let (code, words) = store(&["check"], "");
    assert!(code == 0 && words.contains("data/chamberlain.db is whole: "), "{words}");
    let (code, words) = store(&["backup", "kept.db"], "");
    assert!(code == 0 && words.contains("is backed up in kept.db"), "{words}");
    let (code, words) = store(&["copy", "config", "env:NEW_HOME"], "sqlite:new.db");
    assert!(code == 0 && words.contains(" copied\n") && words.contains("1 rows: all copied"), "{words}");
    let (code, words) = store(&["copy", "config", "env:NEW_HOME"], "sqlite:new.db");
    assert!(code == 1 && words.contains("SQLite in new.db is not empty"), "{words}");
    for (arguments, address) in [
        (["copy", "config", "env:NEW_HOME"], "postgres://me:opensesame@127.0.0.1:1/house"),
        (["copy", "config", "postgres://me:opensesame@127.0.0.1:1/house"], ""),
    ] {
        let (code, words) = store(&arguments, address);
        assert!(code == 1 && !words.contains("opensesame"), "{words}");
    }
    run(&from, "INSERT INTO timers VALUES ('party:1', 1, 1, 'x')").await;
    let (code, words) = store(&["check"], "");
    assert!(code == 1 && words.contains("problem  timers: 1 row where `key` is `party:1`"), "{words}");
}

/// The bot that people start, killed on SQLite and started again on its copy in PostgreSQL.
#[tokio::test]
async fn a_bot_moves_with_all_it_knows() {
    let Some(address) = postgres::database().await else { return };
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let _sweep = Sweep(folder);
    let listen = free_address();
    let store = |arguments: &[&str]| {
        let output = chamberlain(folder, arguments).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    let bot = Program::start(folder, listen);
    bot.say("lobby", "iteration start Sprint 1");
    bot.say_until(("lobby", "iteration show --in sprint-1"), "#sprint-1");
    bot.say("sprint-1", "deploy --all-branches feature/pay");
    bot.say_until(("sprint-1", "status --all"), "2 of 2 up");
    bot.say_until(("sprint-1", "env history"), "1 (should run) succeeded");
    assert!(store(&["check"]).contains(" is whole"), "at work too");
    store(&["backup", "kept.db"]);
    bot.kill();

    std::fs::write(folder.join("new-home"), &address).unwrap();
    let counts = store(&["copy", "config", "file:new-home"]);
    assert!(counts.contains("all copied, and read back alike"), "{counts}");
    std::fs::write(folder.join("config.toml"), "[store]\nurl_file = \"new-home\"\n").unwrap();
    let bot = Program::start(folder, listen);
    let history = bot.say_until(("sprint-1", "env history"), "1 (should run) succeeded");
    assert!(history.contains("feature/pay"), "{history}");
    assert!(bot.say("sprint-1", "deploy web@feature/dark").contains("Revision 2"));
    bot.say_until(("sprint-1", "status"), "web: `feature/dark");
    assert!(store(&["check"]).contains(" is whole"), "what it wrote there is in order");
    bot.kill();
}

/// A copy that is killed while it waits for the last of its tables: all others have been written by then.
#[tokio::test]
async fn a_copy_that_is_killed_in_the_middle_leaves_nothing_and_can_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let filled = Url::Sqlite(folder.path().join("filled.db"));
    fill(&filled).await;
    let (Some(from), Some(to)) = (postgres::database().await, postgres::database().await) else { return };
    let from_url = Url::Postgres(from.clone());
    chamberlain::store::keeping::copy::copy(&filled, &from_url).await.unwrap();
    let file = folder.path().join("to.db");
    for (to_url, address) in
        [(Url::Sqlite(file.clone()), format!("sqlite:{}", file.display())), (Url::Postgres(to.clone()), to)]
    {
        let mut holder = PgConnection::connect(&from).await.unwrap();
        sqlx::raw_sql("BEGIN; LOCK TABLE touches IN ACCESS EXCLUSIVE MODE").execute(&mut holder).await.unwrap();
        let arguments = ["copy", from.as_str(), address.as_str()];
        let mut copying = chamberlain(folder.path(), &arguments).stdout(Stdio::null()).spawn().unwrap();
        until_it_waits(&mut holder, &mut copying).await;
        copying.kill().unwrap();
        copying.wait().unwrap();
        holder.close().await.unwrap();
        assert_eq!(count(&to_url).await, 0);
        let output = chamberlain(folder.path(), &arguments).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
    }
    let rows = dump(&filled).await;
    assert_eq!(dump(&Url::Sqlite(file)).await, rows);
}

/// The server ends writers of ours that hold up others for a second; a copy holds up nobody.
#[tokio::test]
async fn a_copy_from_a_slow_database_comes_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let filled = Url::Sqlite(folder.path().join("filled.db"));
    fill(&filled).await;
    let (Some(from), Some(to)) = (postgres::database().await, postgres::database().await) else { return };
    chamberlain::store::keeping::copy::copy(&filled, &Url::Postgres(from.clone())).await.unwrap();
    let mut holder = PgConnection::connect(&from).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE touches IN ACCESS EXCLUSIVE MODE").execute(&mut holder).await.unwrap();
    let mut copying = chamberlain(folder.path(), &["copy", &from, &to]).stdout(Stdio::null()).spawn().unwrap();
    until_it_waits(&mut holder, &mut copying).await;
    sqlx::raw_sql("SELECT pg_sleep(1.5)").execute(&mut holder).await.unwrap();
    holder.close().await.unwrap();
    assert!(copying.wait().unwrap().success());
    assert_eq!(count(&Url::Postgres(to)).await, count(&filled).await);
}

async fn until_it_waits(holder: &mut PgConnection, copying: &mut Child) {
    const SQL: &str = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'touches'::regclass";
    loop {
        let (waiting,): (i64,) = sqlx::query_as(SQL).fetch_one(&mut *holder).await.unwrap();
        if waiting > 0 {
            return;
        }
        assert!(copying.try_wait().unwrap().is_none(), "it has ended");
    }
}
