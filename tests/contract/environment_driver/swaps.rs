//! What is up stays up until the next one is.

use std::fs;

use chamberlain::domain::spec::{SeenState, SpecHash};
use chamberlain::ports::{EnvironmentDriver, Routes};

use super::yard::{Yard, component, environment, spec, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_brought_is_up_and_twice_is_once() {
    let yard = Yard::open().await;
    assert!(yard.driver().observe(&environment()).await.unwrap().is_empty());
    assert_eq!(yard.stages(&spec("ok")).await, ["lay out", "start", "health"]);
    assert!(yard.is_up(&spec("ok")).await);
    let before = yard.processes();
    assert!(yard.stages(&spec("ok")).await.is_empty());
    assert_eq!(yard.processes(), before);
    assert_eq!(before.len(), 2, "the supervisor and the component");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_sees_only_what_is_listed() {
    let yard = Yard::open().await;
    let mut wish = spec("ok");
    wish.variables.push(("PORT".to_owned(), "1".to_owned()));
    yard.bring(&wish).await.unwrap();
    let mut names: Vec<_> = yard.answer("/environment").await.lines().map(str::to_owned).collect();
    names.sort_unstable();
    let listed = ["CHAMBERLAIN_COMMIT", "CHAMBERLAIN_COMPONENT", "CHAMBERLAIN_ENVIRONMENT", "CHAMBERLAIN_INSTANCE"];
    assert_eq!(names, [&listed[..], &["GREETING", "HOME", "PATH", "PORT"]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_ends_the_old_one_and_removes_its_traces() {
    let yard = Yard::open().await;
    yard.bring(&spec("one")).await.unwrap();
    let old = yard.processes();
    assert_eq!(yard.stages(&spec("two")).await, ["lay out", "start", "health", "stop old"]);
    assert!(yard.is_up(&spec("two")).await);
    assert!(yard.processes().iter().all(|pid| !old.contains(pid)));
    let records = fs::read_dir(yard.home()).unwrap().filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        path.extension().is_some_and(|end| end == "json") && path.to_str().unwrap().contains("/run-")
    });
    assert_eq!(records.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_listen_is_killed() {
    let yard = Yard::open().await;
    yard.bring(&spec("stubborn")).await.unwrap();
    yard.bring(&spec("two")).await.unwrap();
    assert_eq!(yard.processes().len(), 2);
    assert_eq!(yard.driver().known(), [(environment(), component())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_seen_and_mended() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    fs::write(yard.home().join("ok0000000000/cache"), "its own").unwrap();
    assert!(yard.is_up(&spec("ok")).await, "a file that it adds is its own business");
    fs::write(yard.home().join("ok0000000000/behaviour"), "changed by hand").unwrap();
    let SeenState::Up { hash, .. } = yard.state().await else { panic!("it is up") };
    assert_eq!(hash, SpecHash::new("changed"));
    yard.bring(&spec("ok")).await.unwrap();
    assert!(yard.is_up(&spec("ok")).await);
    assert_eq!(fs::read_to_string(yard.home().join("ok0000000000-b/behaviour")).unwrap(), "ok");
    assert_eq!(yard.processes().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_read_and_a_full_one_is_set_aside() {
    let yard = Yard::open().await;
    let lines = async || yard.driver().logs(&environment(), &component(), 2).await.unwrap();
    assert!(lines().await.is_empty());
    yard.bring(&spec("ok")).await.unwrap();
    until(async || lines().await.len() == 1).await;
    assert_eq!(lines().await, ["starting ok0000000000000000000 as ok"]);
    let log = yard.home().join("run-hash-ok.log");
    fs::write(&log, format!("{}\nlast\n", "x".repeat(1024 * 1024))).unwrap();
    yard.driver().end(&environment(), 1, &super::yard::component()).await.unwrap();
    assert!(lines().await.is_empty());
    fs::create_dir_all(yard.home()).unwrap();
    fs::write(&log, format!("{}\nlast\n", "x".repeat(1024 * 1024))).unwrap();
    yard.bring(&spec("ok")).await.unwrap();
    until(async || lines().await.len() == 2).await;
    assert_eq!(lines().await, ["last", "starting ok0000000000000000000 as ok"]);
}
