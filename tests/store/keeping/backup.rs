//! A backup is whole, whoever writes meanwhile.

use std::sync::Arc;

use chamberlain::ports::Intake;
use chamberlain::store::Url;
use chamberlain::store::keeping::backup::backup;
use chamberlain::store::keeping::{KeepingError, check};

use super::filled::{count, dump};
use crate::ledger::{self, arrival};

#[tokio::test]
async fn a_backup_is_made_while_somebody_writes() {
    let folder = tempfile::tempdir().unwrap();
    let url = Url::Sqlite(folder.path().join("chamberlain.db"));
    let ledger = ledger::open(url.clone(), Arc::default()).await.unwrap();
    for number in 0..100 {
        ledger.store.arrive(arrival(&format!("before-{number}"), "lane")).await.unwrap();
    }
    let to = folder.path().join("backup.db");
    let writing = async {
        for number in 0..200 {
            ledger.store.arrive(arrival(&format!("meanwhile-{number}"), "lane")).await.unwrap();
        }
    };
    let (bytes, ()) = tokio::join!(backup(&url, &to), writing);
    assert_eq!(bytes.unwrap(), std::fs::metadata(&to).unwrap().len());
    let copy = Url::Sqlite(to.clone());
    assert_eq!(check::check(&copy, ledger.clock_now()).await.unwrap().findings, []);
    let rows = count(&copy).await;
    assert!((100..=300).contains(&rows), "{rows}");
    assert_eq!(count(&url).await, 300);

    let held = dump(&copy).await;
    assert!(matches!(backup(&url, &to).await, Err(KeepingError::Exists(_))));
    assert_eq!(dump(&copy).await, held, "it was overwritten");
    let names =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.contains("unfinished")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn what_cannot_be_backed_up_is_told_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let missing = backup(&Url::Sqlite(path("no.db")), &path("a.db")).await.unwrap_err();
    assert!(matches!(missing, KeepingError::Missing(_)), "{missing}");
    std::fs::write(path("text.db"), "no database".repeat(500)).unwrap();
    let foreign = backup(&Url::Sqlite(path("text.db")), &path("a.db")).await.unwrap_err();
    assert!(matches!(foreign, KeepingError::Foreign(_)), "{foreign}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let url = Url::Postgres("postgres://me:secret@db.example:5433/house".into());
    let told = backup(&url, &path("a.dump")).await.unwrap_err().to_string();
    assert!(told.contains("--host=db.example --port=5433 --username=me house") && !told.contains("secret"), "{told}");
}
