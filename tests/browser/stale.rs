//! A window that does not know what has happened since it was drawn.

use serde_json::json;

use crate::chromium::Browser;
use crate::page::{button, message};
use crate::support::house::House;

#[tokio::test]
async fn an_old_deploy_button_is_refused_and_deploys_nothing() {
    let house = House::served().await.with_sprint_42().await;
    house.says("ana", "#sprint-42", "deploy").await;
    house.settled().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "sprint-42").await;
    let fresh = browser.client.window().await.unwrap();
    let stale = browser.opens_window().await;
    // Without its script the second window is told of nothing.
    browser.is_told("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.enters(&house, "sprint-42").await;
    browser.sees(&button("deploy")).await;

    browser.client.switch_to_window(fresh).await.unwrap();
    browser.chooses("web", "feature/pay").await;
    house.until(|text| text.contains("feature/pay@p1"), "sprint-42").await;

    browser.client.switch_to_window(stale).await.unwrap();
    browser.submits(&button("deploy")).await;
    house.settled().await;
    browser.enters(&house, "sprint-42").await;
    browser.sees(&message("Nothing was deployed: the choice has changed since this card was drawn.")).await;
    browser.sees("//article//li[b = 'web'][contains(., 'feature/pay@p1')]").await;
    assert!(house.driver.state().starts.is_empty());

    browser.clicks(&button("deploy")).await;
    house.until(|text| text.contains("Deployed sprint-42"), "sprint-42").await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1", "what was drawn anew can be pressed");
}
