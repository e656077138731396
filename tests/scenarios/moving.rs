//! Environments whose machine is lost while something is under way there, and that are moved to another one.

use std::sync::Arc;
use std::time::Duration;

use chamberlain::domain::deployment::DeploymentState;
use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::record::Record;
use chamberlain::store::record;

use crate::support::environment::FakeDriver;
use crate::support::house::{House, SwitchedOff};
use crate::support::postgres;

/// Two machines: of the first, `web` was held in its start when it was switched off, and nobody has heard of it since.
async fn lost_in_the_midst(also: &[&str]) -> Option<(SwitchedOff, Arc<FakeDriver>, House)> {
    let database = postgres::database().await?;
    let one = House::sharing(&database).await;
    one.says("ana", "#lobby", "iteration start Sprint 42").await;
    rest(&[&one]).await;
    let driver = one.driver.clone();
    driver.hold_after(1);
    one.says("bo", "#sprint-42", "deploy api web").await;
    driver.until(|state| state.asked == 2).await;
    assert_eq!(driver.running("sprint-42"), "api@a1");
    let two = House::sharing(&database).await;
    for house in [&one, &two].into_iter().filter(|_| !also.is_empty()) {
        house.source.commit("web", "main", "w2");
    }
    for line in also {
        assert_eq!(one.says("bo", "#sprint-42", line).await.outcome, "changed");
    }
    let one = one.switch_off().await;
    hear_of_the_loss(&two).await;
    rest(&[&two]).await;
    Some((one, driver, two))
}

/// Waits while time passes on these machines: the database's own goes on by itself, and stands still for who sleeps.
async fn passing<T>(machines: &[&House], step: Duration, waiting: impl Future<Output = T>) -> T {
    tokio::pin!(waiting);
    loop {
        tokio::select! {
                   done = &mut waiting => return done,
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                for machine in machines {
                    machine.clock.pass(step);
                }
            }
        }
    }
}

async fn hear_of_the_loss(house: &House) {
    let told = house.until(|text| text.contains("what runs there is not known"), "sprint-42");
    passing(&[house], Duration::from_mins(2), told).await;
}

/// Waits until nothing is left to do on any of them.
async fn rest(machines: &[&House]) {
    passing(machines, Duration::from_secs(1), machines[0].settled()).await;
}

async fn read(house: &House) -> Record {
    record::read(&mut house.store.reader().await.unwrap(), &IterationKey::new("sprint-42")).await.unwrap()
}

/// The first machine is back: nothing of what was moved goes on there, and nothing changes elsewhere.
async fn comes_back(one: SwitchedOff, (driver, two): (&FakeDriver, &House)) {
    let elsewhere = two.driver.running("sprint-42");
    driver.go_on();
    let one = one.on().await;
    rest(&[&one, two]).await;
    driver.until(|state| state.up.is_empty()).await;
    passing(&[&one, two], Duration::from_secs(1), one.look_at("sprint-42")).await;
    assert_eq!((driver.running("sprint-42"), two.driver.running("sprint-42")), (String::new(), elsewhere));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_under_way_is_brought_about_where_its_environment_is_moved_to() {
    let Some((one, driver, two)) = lost_in_the_midst(&[]).await else { return };
    let before = read(&two).await;
    assert_eq!(before.running.as_ref().map(|running| running.state), Some(DeploymentState::Unknown));
    assert_eq!(two.driver.running("sprint-42"), "", "nothing is guessed");
    let moving = two.says("bo", "#sprint-42", "env move").await;
    assert_eq!((moving.outcome.as_str(), moving.answers.len()), ("changed", 1), "{moving:?}");
    rest(&[&two]).await;
    assert_eq!(two.driver.running("sprint-42"), "api@a1 web@w1");
    let record = read(&two).await;
    let last = record.last.unwrap();
    assert_eq!((last.number, last.state), (1, DeploymentState::Succeeded), "it is the same deployment");
    assert!(record.running.is_none() && record.environment.generation == before.environment.generation + 1);
    assert_eq!(two.says("bo", "#sprint-42", "env move").await.outcome, "refused", "it is at home again");
    comes_back(one, (&driver, &two)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_it_follows_there() {
    let Some((one, driver, two)) = lost_in_the_midst(&["deploy api@a1 web@w2"]).await else { return };
    two.says("bo", "#sprint-42", "env move").await;
    rest(&[&two]).await;
    assert_eq!(two.driver.running("sprint-42"), "api@a1 web@w2");
    let last = read(&two).await.last.unwrap();
    assert_eq!((last.number, last.state), (2, DeploymentState::Succeeded));
    comes_back(one, (&driver, &two)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_one_that_was_called_off_the_move_is_a_deployment_of_its_own() {
    let Some((one, driver, two)) = lost_in_the_midst(&[]).await else { return };
    assert_eq!(two.says("bo", "#sprint-42", "cancel").await.outcome, "changed");
    rest(&[&two]).await;
    let before = read(&two).await;
    assert!(before.running.is_none() && before.last.unwrap().state == DeploymentState::Cancelled);
    assert_eq!(two.driver.running("sprint-42"), "", "nothing is brought up before a person says so");
    assert_eq!(two.says("bo", "#sprint-42", "env move").await.outcome, "changed");
    rest(&[&two]).await;
    assert_eq!(two.driver.running("sprint-42"), "api@a1 web@w1");
    let last = read(&two).await.last.unwrap();
    assert_eq!((last.number, last.state), (2, DeploymentState::Succeeded));
    comes_back(one, (&driver, &two)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_back_before_it_is_moved_goes_on_itself() {
    let Some((one, driver, two)) = lost_in_the_midst(&[]).await else { return };
    driver.go_on();
    let one = one.on().await;
    one.until(|text| text.contains("is heard of again"), "sprint-42").await;
    rest(&[&one, &two]).await;
    assert_eq!((driver.running("sprint-42"), two.driver.running("sprint-42")), ("api@a1 web@w1".into(), String::new()));
    assert_eq!(read(&one).await.last.unwrap().state, DeploymentState::Succeeded);
    assert_eq!(two.says("bo", "#sprint-42", "env move").await.outcome, "refused");
}
