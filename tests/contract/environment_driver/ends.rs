//! Ends, wished and unwished.

use std::sync::atomic::Ordering;

use chamberlain::domain::spec::SeenState;
use chamberlain::ports::{EnvironmentDriver, Routes};

use super::yard::{Yard, component, environment, kill, spec, until};

#[tokio::test(flavor = "multi_thread")]
async fn one_killed_by_hand_is_told_and_missing() {
    let yard = Yard::open().await;
    yard.bring(&spec("ok")).await.unwrap();
    // The supervisor goes first and cannot take the component with it.
    kill(yard.processes()[0]);
    until(async || yard.touched.load(Ordering::SeqCst) == 1).await;
    assert_eq!(yard.state().await, SeenState::Missing);
    assert!(yard.driver().find(&environment(), &component()).is_none());
    assert!(yard.processes().is_empty(), "what it left is gone as well");
    yard.bring(&spec("ok")).await.unwrap();
    assert!(yard.is_up(&spec("ok")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_reaches_a_grandchild_that_left_the_group() {
    let yard = Yard::open().await;
    yard.bring(&spec("grandchild")).await.unwrap();
    until(async || yard.processes().len() == 3).await;
    yard.driver().end(&environment(), 1, &component()).await.unwrap();
    assert!(yard.processes().is_empty());
    assert!(yard.driver().observe(&environment()).await.unwrap().is_empty());
    assert_eq!(yard.touched.load(Ordering::SeqCst), 0, "an end that was wished is no news");
    yard.driver().end(&environment(), 1, &component()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_leaves_the_generation_alone() {
    let yard = Yard::open().await;
    let mut wish = spec("ok");
    wish.generation = 3;
    yard.bring(&wish).await.unwrap();
    wish.component = chamberlain::domain::component::ComponentName::new("api");
    yard.bring(&wish).await.unwrap();
    assert_eq!(yard.driver().known().len(), 2);
    yard.driver().remove(&environment(), 3).await.unwrap();
    assert!(yard.processes().is_empty());
    let folder = yard.home().parent().unwrap().to_owned();
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["generation.txt"]);
    yard.driver().remove(&environment(), 3).await.unwrap();
    assert!(yard.bring(&spec("ok")).await.is_err(), "generation 1 is over");
}
