//! A driver goes on with what the last one left.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::atomic::Ordering;

use chamberlain::adapters::environment::process::{OpenError, ProcessDriver};
use chamberlain::domain::spec::SeenState;
use chamberlain::ports::{EnvironmentDriver, Routes};
use tokio_util::sync::CancellationToken;

use super::yard::{Quiet, Yard, component, environment, kill, spec, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_is_found_again_and_not_started_twice() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let before = yard.processes();
    yard.close();
    assert_eq!(yard.processes(), before, "it outlives the driver");
    yard.reopen().await;
    assert!(yard.is_up(&spec("ok")).await);
    assert!(yard.stages(&spec("ok")).await.is_empty());
    assert_eq!(yard.answer("/").await, "ok0000000000000000000");
    assert_eq!(yard.processes(), before);
    yard.bring(&spec("two")).await.unwrap();
    assert!(yard.processes().iter().all(|pid| !before.contains(pid)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_found_again_is_watched() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    yard.reopen().await;
    yard.processes().into_iter().for_each(kill);
    until(async || yard.touched.load(Ordering::SeqCst) == 1).await;
    assert_eq!(yard.state().await, SeenState::Missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ended_meanwhile_is_missing_and_comes_back() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    yard.close();
    yard.processes().into_iter().for_each(kill);
    until(async || yard.processes().is_empty()).await;
    yard.reopen().await;
    assert_eq!(yard.state().await, SeenState::Missing);
    assert!(yard.driver().find(&environment(), &component()).is_none());
    yard.bring(&spec("ok")).await.unwrap();
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_was_broken_off_is_ended() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    let before = yard.processes();
    yard.close();
    // As a death leaves it: written down, running, and never up.
    let record = fs::read(yard.home().join("run-hash-ok.1.json")).unwrap();
    let mut told: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let mark = told["instance"].as_str().unwrap().replace("hash-ok.1", "hash-next.2");
    told["stage"] = serde_json::json!({ "started": told["stage"]["up"] });
    (told["number"], told["hash"], told["instance"]) = (2.into(), "hash-next".into(), mark.clone().into());
    let record = yard.home().join("run-hash-next.2.json");
    fs::write(&record, told.to_string()).unwrap();
    let mut started = Command::new("sleep").arg("60").env("CHAMBERLAIN_INSTANCE", mark).spawn().unwrap();
    yard.reopen().await;
    assert_eq!(started.wait().unwrap().signal(), Some(9));
    assert_eq!(yard.processes(), before);
    assert!(!record.exists());
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_alone_is_enough_to_find_what_was_started() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    yard.close();
    let record = yard.home().join("run-hash-ok.1.json");
    let mut told: serde_json::Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    told["stage"] = "intended".into();
    fs::write(&record, told.to_string()).unwrap();
    yard.reopen().await;
    assert!(yard.processes().is_empty());
    assert!(!record.exists());
    assert_eq!(yard.state().await, SeenState::Missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_with_the_same_number_is_left_alone() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    yard.close();
    yard.processes().into_iter().for_each(kill);
    let record = yard.home().join("run-hash-ok.1.json");
    let mut told: serde_json::Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    told["stage"]["up"]["pid"] = std::process::id().into();
    fs::write(&record, told.to_string()).unwrap();
    yard.reopen().await;
    assert_eq!(yard.state().await, SeenState::Missing);
    yard.driver().end(&environment(), 1, &component()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_is_held_by_one() {
    let yard = Yard::open().await;
    let second = ProcessDriver::open(yard.settings()).await;
    assert!(matches!(second, Err(OpenError::Held(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_are_up_the_newer_is_gone_on_with() {
    let mut yard = Yard::open().await;
    yard.bring(&spec("stubborn")).await.unwrap();
    let (two, stop) = (spec("two"), CancellationToken::new());
    tokio::select! {
        _ = yard.driver().bring(&two, &Quiet, &stop) => panic!("the old one takes longer to end"),
        () = until(async || yard.answer("/").await.starts_with("two")) => {}
    }
    yard.close();
    assert_eq!(yard.processes().len(), 4);
    yard.reopen().await;
    assert_eq!(yard.processes().len(), 2);
    assert!(yard.is_up(&two).await);
}
