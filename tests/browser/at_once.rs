//! Two people at two machines who press the same button at the same moment.

use crate::chromium::{Browser, PATIENCE};
use crate::page::{button, card, message};
use crate::relay::Relay;
use crate::support::house::House;

#[tokio::test]
async fn two_people_pressing_at_once_make_one_run_and_the_other_is_told() {
    let mut relay = Relay::new().await;
    let house = House::served_behind(relay.address).await.with_sprint_42().await;
    relay.leads_to(house.address());
    house.says("ana", "#sprint-42", "deploy").await;
    house.settled().await;
    let Some([ana, bo]) = Browser::two().await else { return };
    for (browser, person) in [(&ana, "ana"), (&bo, "bo")] {
        browser.goes_to(&house.login_link_of(person).await).await;
        browser.enters(&house, "sprint-42").await;
        browser.sees(&button("deploy")).await;
    }

    // Neither hears of the other's press before its own is on the way.
    relay.hold();
    let deploy = button("deploy");
    let both_are_held = async {
        relay.holds(2).await;
        relay.go_on();
    };
    tokio::join!(ana.clicks(&deploy), bo.clicks(&deploy), both_are_held);
    let told = message("pressed Deploy first; this card shows that run.");
    let who_is_told = async || ana.counts(&told).await + bo.counts(&told).await;
    let somebody = async { while who_is_told().await == 0 {} };
    tokio::time::timeout(PATIENCE, somebody).await.expect("the one who came second is told");
    house.settled().await;
    assert_eq!(house.driver.state().starts, ["api@a1", "web@w1"]);
    for browser in [&ana, &bo] {
        browser.enters(&house, "sprint-42").await;
        browser.sees(&card("ok", "Deployed sprint-42, revision 1")).await;
    }
    assert_eq!(who_is_told().await, 1);
}
