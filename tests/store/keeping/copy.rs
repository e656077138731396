//! A copy is the same, or nothing.

use std::path::Path;
use std::sync::Arc;

use chamberlain::ports::Intake;
use chamberlain::store::keeping::copy::copy;
use chamberlain::store::keeping::{KeepingError, check};
use chamberlain::store::{Url, inbox};

use super::filled::{count, dump, fill, run};
use crate::ledger::{self, arrival};
use crate::support::postgres;

fn file(folder: &Path, name: &str) -> Url {
    Url::Sqlite(folder.join(name))
}

/// What may be copied into: a file that is not there, and a database without tables where there is PostgreSQL.
async fn targets(folder: &Path) -> Vec<Url> {
    let mut targets = vec![file(folder, "to/copy.db")];
    targets.extend(postgres::database().await.map(Url::Postgres));
    targets
}

#[tokio::test]
async fn there_and_back_every_row_of_every_table_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let from = file(folder.path(), "from.db");
    fill(&from).await;
    let rows = dump(&from).await;
    assert!(rows.len() > 15 && rows.values().all(|rows| rows.len() == 700), "{:?}", rows.keys());
    for (number, to) in targets(folder.path()).await.into_iter().enumerate() {
        let there = copy(&from, &to).await.unwrap();
        // Looked at before the way back, whose reading makes an empty one again.
        let log = folder.path().join("to/copy.db-wal");
        assert!(number > 0 || !log.exists(), "the file alone is the copy");
        assert_eq!(there.iter().map(|line| &line.table).collect::<Vec<_>>(), rows.keys().collect::<Vec<_>>());
        let again = file(folder.path(), &format!("again-{number}.db"));
        let back = copy(&to, &again).await.unwrap();
        assert_eq!(there, back, "each sum is the same on both databases");
        assert_eq!(dump(&again).await, rows);
    }
    assert_eq!(dump(&from).await, rows, "it was only read");
}

#[tokio::test]
async fn what_has_rows_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let from = file(folder.path(), "from.db");
    fill(&from).await;
    for ledger in ledger::each().await {
        ledger.store.arrive(arrival("mine", "lane")).await.unwrap();
        let told = copy(&from, &ledger.url).await.unwrap_err().to_string();
        assert!(told.contains("is not empty: there are rows in inbox. Nothing was changed."), "{told}");
        assert_eq!(count(&ledger.url).await, 1);
    }
}

#[tokio::test]
async fn what_is_empty_may_be_of_an_earlier_release_and_what_is_read_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let from = file(folder.path(), "from.db");
    fill(&from).await;
    let older = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    run(&from, older).await;
    let told = copy(&from, &file(folder.path(), "to.db")).await.unwrap_err();
    assert!(matches!(told, KeepingError::Older { .. }), "{told}");
    assert!(!folder.path().join("to.db").exists());
}

#[tokio::test]
async fn a_file_that_will_not_do_is_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let whole = file(folder.path(), "whole.db");
    fill(&whole).await;
    run(&whole, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let bytes = std::fs::read(path("whole.db")).unwrap();
    std::fs::write(path("half.db"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(
        path("text.db"),
        "not a database at all, but a text that is long enough to be looked at\n".repeat(50),
    )
    .unwrap();
    run(&file(folder.path(), "other.db"), "CREATE TABLE recipes (name TEXT)").await;
    for (name, wanted) in [
        ("half.db", "half.db is damaged"),
        ("text.db", "text.db is no database of Chamberlain"),
        ("other.db", "other.db is no database of Chamberlain"),
        ("nothing.db", "nothing.db is not there"),
    ] {
        let to = file(folder.path(), "to.db");
        let told = copy(&file(folder.path(), name), &to).await.unwrap_err().to_string();
        assert!(told.contains(wanted), "{told}");
        assert!(!path("to.db").exists(), "{name}");
    }
    for name in ["text.db", "other.db"] {
        let before = std::fs::read(path(name)).unwrap();
        let told = copy(&whole, &file(folder.path(), name)).await.unwrap_err().to_string();
        assert!(told.contains("is no database of Chamberlain"), "{told}");
        assert_eq!(std::fs::read(path(name)).unwrap(), before, "it was changed");
    }
}

#[tokio::test]
async fn a_database_in_use_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let from = file(folder.path(), "from.db");
    let _ledger = ledger::open(from.clone(), Arc::default()).await.unwrap();
    let told = copy(&from, &file(folder.path(), "to.db")).await.unwrap_err();
    assert!(matches!(told, KeepingError::InUse(_)), "{told}");
    let beside = copy(&from, &file(folder.path(), "from.sqlite")).await.unwrap_err();
    assert!(matches!(beside, KeepingError::Same(..)), "{beside}");
    if let Some(server) = postgres::database().await {
        let from = Url::Postgres(server);
        let _ledger = ledger::open(from.clone(), Arc::default()).await.unwrap();
        let told = copy(&from, &file(folder.path(), "to.db")).await.unwrap_err();
        assert!(matches!(told, KeepingError::InUse(_)), "{told}");
    }
}

/// A database that gives back something else than it was given, in one row of many.
#[tokio::test]
async fn a_value_that_flipped_on_its_way_is_found_and_nothing_stays() {
    let folder = tempfile::tempdir().unwrap();
    let from = file(folder.path(), "from.db");
    fill(&from).await;
    for to in targets(folder.path()).await {
        drop(ledger::open(to.clone(), Arc::default()).await.unwrap());
        let flip = match &to {
            Url::Sqlite(_) => {
                "CREATE TRIGGER flip AFTER INSERT ON audit WHEN NEW.seq = 1000 BEGIN \
                UPDATE audit SET at = at + 1 WHERE seq = NEW.seq; END"
            }
            Url::Postgres(_) => {
                "CREATE FUNCTION flip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN \
                IF NEW.seq = 1000 THEN NEW.at = NEW.at + 1; END IF; RETURN NEW; END'; \
                CREATE TRIGGER flip BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION flip()"
            }
        };
        run(&to, flip).await;
        let lines = copy(&from, &to).await.unwrap();
        let differing: Vec<&str> =
            lines.iter().filter(|line| line.from != line.to).map(|line| line.table.as_str()).collect();
        assert_eq!(differing, ["audit"]);
        assert_eq!(count(&to).await, 0, "nothing stays");
    }
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let from = file(folder.path(), "from.db");
    drop(ledger::open(from.clone(), Arc::default()).await.unwrap());
    run(&from, "INSERT INTO repositories VALUES ('a', 'good', 1), ('b', char(0), 2)").await;
    let Some(to) = postgres::database().await.map(Url::Postgres) else { return };
    let told = copy(&from, &to).await.unwrap_err().to_string();
    assert!(told.contains("table `repositories`: a row cannot be copied"), "{told}");
    assert_eq!(count(&to).await, 0);
    run(&from, "DELETE FROM repositories WHERE name = 'b'").await;
    assert!(copy(&from, &to).await.is_ok(), "it can be tried again");
}

#[tokio::test]
async fn the_bot_goes_on_in_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    for (number, to) in targets(folder.path()).await.into_iter().enumerate() {
        let from = file(folder.path(), &format!("from-{number}.db"));
        let before = ledger::open(from.clone(), Arc::default()).await.unwrap();
        for key in ["a", "b", "c"] {
            before.store.arrive(arrival(key, "lane")).await.unwrap();
        }
        assert!(before.killed().await.is_ok());
        copy(&from, &to).await.unwrap();
        let mut after = ledger::open(to.clone(), Arc::default()).await.unwrap();
        after.store.arrive(arrival("d", "another")).await.unwrap();
        assert_eq!(after.handover.arrivals.recv().await.unwrap().raw.dedup_key, "d", "it is counted on");
        let worker = after.store.worker();
        let claimed = after.store.write(move |tx| Box::pin(async move { inbox::claim(tx, &worker).await }));
        let keys: Vec<String> = claimed.await.unwrap().into_iter().map(|claimed| claimed.raw.dedup_key).collect();
        assert_eq!(keys, ["a", "b", "c"], "what was open is still to be done");
        assert_eq!(check::check(&to, after.clock_now()).await.unwrap().findings, []);
    }
}
