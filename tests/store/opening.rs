//! A store that cannot be used says so at once, and how to mend it.

use std::sync::Arc;

use chamberlain::ports::{Clock, Intake};
use chamberlain::store::peek::{Peek, peek};
use chamberlain::store::{StoreError, Url};

use crate::ledger::{self, Ledger};
use crate::support::postgres;

#[tokio::test]
async fn a_second_process_on_one_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let url = Url::Sqlite(folder.path().join("chamberlain.db"));
    let first = ledger::open(url, Arc::default()).await.unwrap();
    assert!(matches!(first.another().await.err(), Some(StoreError::InUse(_))));
}

/// The same database, opened once more: by the next start, or beside the one at work.
async fn again(ledger: Ledger) -> Result<Ledger, StoreError> {
    if ledger.store.is_alone() { ledger.killed().await } else { ledger.another().await }
}

#[tokio::test]
async fn a_database_that_a_newer_release_only_added_to_is_good_for_this_one() {
    for ledger in ledger::each().await {
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            VALUES (9999, 'later', TRUE, 'x', 0)";
        let sql = match &ledger.url {
            Url::Sqlite(_) => sql.to_owned(),
            Url::Postgres(_) => sql.replace("'x'", "'x'::bytea"),
        };
        ledger.run_sql(sql).await;
        ledger.run_sql("ALTER TABLE inbox ADD COLUMN later TEXT".to_owned()).await;
        let second = again(ledger).await.unwrap();
        second.store.arrive(ledger::arrival("1", "lane")).await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_a_newer_release_has_changed_is_left_alone() {
    for ledger in ledger::each().await {
        ledger.run_sql("UPDATE compatibility SET oldest = 9999".to_owned()).await;
        let told = again(ledger).await.err().expect("it opens").to_string();
        assert!(told.contains("newer Chamberlain (it asks for schema 9999"), "{told}");
    }
}

#[tokio::test]
async fn what_an_older_release_at_work_needs_is_not_taken_from_it() {
    let Some(url) = postgres::database().await else { return };
    let ledger = ledger::open(Url::Postgres(url), Arc::default()).await.unwrap();
    let forever = i64::MAX;
    ledger.run_sql("UPDATE compatibility SET oldest = 9".to_owned()).await;
    ledger.run_sql(format!("INSERT INTO workers VALUES ('older', 'elsewhere', {forever}, 9)")).await;
    let told = ledger.another().await.err().expect("it opens").to_string();
    assert!(told.contains("an older Chamberlain is at work"), "{told}");
    ledger.run_sql("DELETE FROM workers WHERE id = 'older'".to_owned()).await;
    drop(ledger.another().await.unwrap());
    let oldest: Vec<String> = ledger.texts("SELECT CAST(oldest AS TEXT) FROM compatibility").await;
    assert_ne!(oldest, ["9"], "now it is shut out");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let told = ledger::open(Url::Sqlite(file.join("x.db")), Arc::default()).await.err().unwrap().to_string();
    assert!(told.starts_with("cannot use") && told.contains("x.db"), "{told}");
}

#[tokio::test]
async fn a_look_tells_who_has_it_and_what_is_newest_and_changes_nothing() {
    for ledger in ledger::each().await {
        let is_held = ledger.store.is_alone();
        let seen = peek(&ledger.url).await.unwrap();
        assert_eq!(seen, Some(Peek { is_held, is_older: false, newest: None }));
        ledger.store.arrive(ledger::arrival("1", "lane")).await.unwrap();
        let newest = Some(ledger.clock.now());
        assert_eq!(peek(&ledger.url).await.unwrap(), Some(Peek { is_held, is_older: false, newest }));
        ledger.run_sql("DELETE FROM _sqlx_migrations WHERE version > 1".to_owned()).await;
        for _ in 0..2 {
            assert!(peek(&ledger.url).await.unwrap().unwrap().is_older, "it was brought up to date");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(peek(&Url::Sqlite(folder.path().join("chamberlain.db"))).await.unwrap(), None);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
