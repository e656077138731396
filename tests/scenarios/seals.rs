//! What people ask for is sealed a moment after it is decided, whoever stops in between.

use std::time::Duration;

use chamberlain::store::keeping::audit::{Verified, verify};

use crate::support::house::House;

async fn verified(house: &House) -> Verified {
    verify(&house.database(), Vec::new()).await.unwrap()
}

/// Waits until so many lines are sealed and none waits.
async fn sealed(house: &House, lines: u64) -> Verified {
    let seen = async {
        loop {
            let changed = house.store.changed();
            let found = verified(house).await;
            if found.waiting.lines == 0 && found.sealed.as_ref().is_some_and(|sealed| sealed.lines == lines) {
                return found;
            }
            changed.await;
        }
    };
    let found =
        tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap_or_else(|_| panic!("it is not sealed"));
    assert_eq!(found.damages, []);
    found
}

#[tokio::test]
async fn what_is_decided_is_sealed_within_a_second_and_what_comes_together_shares_a_seal() {
    let house = House::open().await;
    house.says("ana", "#lobby", "ping").await;
    house.says("cy", "#lobby", "iteration start Sprint 42").await;
    house.settled().await;
    assert_eq!(verified(&house).await.sealed, None, "it is waited for what comes together");
    house.clock.pass(Duration::from_millis(200));
    let first = sealed(&house, 2).await.sealed.unwrap();
    assert_eq!((first.seal.number, first.batches), (Some(1), 1));
    for _ in 0..5 {
        house.says("bo", "#lobby", "ping").await;
    }
    house.settled().await;
    assert_eq!(verified(&house).await.waiting.lines, 5, "a second has not passed since the last");
    house.clock.pass(Duration::from_secs(1));
    let second = sealed(&house, 7).await.sealed.unwrap();
    assert_eq!((second.seal.number, second.batches), (Some(2), 2));
}

#[tokio::test]
async fn what_a_house_that_ended_left_is_sealed_by_the_next() {
    let house = House::open().await;
    house.says("ana", "#lobby", "ping").await;
    house.settled().await;
    assert_eq!(verified(&house).await.waiting.lines, 1);
    let house = house.reopen().await;
    sealed(&house, 1).await;
}

#[tokio::test]
async fn what_is_older_than_the_config_keeps_goes_but_for_the_newest_batch() {
    let day = Duration::from_hours(24);
    let house = House::keeping_audit(day * 30).await;
    for lines in 1..=3 {
        house.says("ana", "#lobby", "ping").await;
        house.settled().await;
        house.clock.pass(Duration::from_secs(1));
        sealed(&house, lines).await;
        house.clock.pass(Duration::from_secs(1));
    }
    house.clock.pass(day * 29);
    house.says("ana", "#lobby", "ping").await;
    house.settled().await;
    // Each step is a moment after the one before it.
    let gone = async {
        loop {
            let changed = house.store.changed();
            house.clock.pass(Duration::from_hours(2));
            let found = verified(&house).await;
            if found.removed.lines == 3 {
                return found;
            }
            tokio::time::timeout(Duration::from_millis(100), changed).await.ok();
        }
    };
    let found =
        tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap_or_else(|_| panic!("it is not removed"));
    assert_eq!(found.damages, []);
    assert!(found.removed.at.is_some());
}
