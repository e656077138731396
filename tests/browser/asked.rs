//! A press that is asked about first: the page asks, and sends nothing until somebody has said yes.

use fantoccini::Locator;

use crate::chromium::Browser;
use crate::page::{button, card};
use crate::support::house::House;

#[tokio::test]
async fn roll_back_is_asked_about_and_left_when_somebody_thinks_better_of_it() {
    let house = House::served().await.bring_up().await;
    house.says("bo", "#sprint-42", "deploy web@feature/pay").await;
    house.settled().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "sprint-42").await;
    browser.sees(&card("ok", "Deployed sprint-42, revision 2")).await;

    let roll_back = button("rollback");
    browser.client.find(Locator::XPath(&roll_back)).await.unwrap().click().await.unwrap();
    let asked = browser.client.get_alert_text().await.unwrap();
    assert!(asked.starts_with("Roll back sprint-42 to revision 1?"), "{asked}");
    assert!(asked.ends_with("Then it runs: web main@w1, api main@a1."), "{asked}");
    browser.client.dismiss_alert().await.unwrap();
    house.settled().await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1", "nothing was sent");

    browser.client.find(Locator::XPath(&roll_back)).await.unwrap().click().await.unwrap();
    browser.client.accept_alert().await.unwrap();
    browser.sees(&card("ok", "Deployed sprint-42, revision 3")).await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@w1");
}
