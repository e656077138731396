//! All that follows from one thing that somebody did is found by its trace, however far it goes.

use chamberlain::domain::TraceId;
use chamberlain::store::audit;

use crate::support::house::House;

/// Who did what in which trace, newest first.
async fn traces(house: &House) -> Vec<(String, TraceId)> {
    let mut reader = house.store.reader().await.unwrap();
    let lines = audit::latest(&mut reader, 4).await.unwrap();
    lines
        .into_iter()
        .map(|line| (format!("{}: {}", line.actor, line.command.unwrap_or_default()), line.trace))
        .collect()
}

#[tokio::test]
async fn from_a_press_to_the_word_that_it_failed_through_a_restart_it_is_one_trace() {
    let house = House::with_revision_1().await;
    house.driver.state().sick = vec!["p1".into()];
    house.driver.hold();
    house.says("bo", "#sprint-42", "branch web feature/pay").await;
    house.until(|text| text.contains("▾] [Deploy]"), "sprint-42").await;
    let card = house.cards_in("sprint-42").await.pop().unwrap();
    house.presses("bo", &card, "deploy").await;
    let pressed = traces(&house).await.remove(0);
    let house = house.die().await;
    house.driver.go_on();
    house.settled().await;
    let followed = traces(&house).await;
    let ended =
        followed.iter().find(|(what, trace)| what.starts_with("chamberlain (deployment)") && *trace == pressed.1);
    assert!(ended.is_some(), "{pressed:?}: {followed:?}");
    assert_ne!(followed.last().unwrap().1, pressed.1, "what came before is no part of it");
}
