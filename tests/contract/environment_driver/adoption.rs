//! A driver goes on with what the last one left.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

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
    let (sick, stop) = (spec("sick"), CancellationToken::new());
    let limit = Duration::from_millis(500);
    assert!(tokio::time::timeout(limit, yard.driver().bring(&sick, &Quiet, &stop)).await.is_err());
    assert_eq!(yard.processes().len(), 4);
    yard.reopen().await;
    assert_eq!(yard.processes(), before);
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
