//! The console in a browser that runs no script.

use crate::chromium::Browser;
use crate::page::{COMPOSER, message};
use crate::support::house::House;

#[tokio::test]
async fn rooms_can_be_read_and_commands_sent_without_script() {
    let Some(browser) = Browser::without_script().await else { return };
    browser.goes_to("data:text/html,<p id=off></p><script>document.body.innerHTML = '<p id=on></p>'</script>").await;
    browser.sees("#off").await;

    let house = House::served().await;
    house.says("bo", "#lobby", "Good morning").await;
    browser.goes_to(&house.login_link().await).await;
    browser.sees(&message("Good morning")).await;
    browser.writes(COMPOSER, "iteration start Sprint 42").await;
    browser.submits("form.composer button").await;
    house.settled().await;
    browser.enters(&house, "lobby").await;
    browser.sees(&message("Iteration Sprint 42 (sprint-42) has started.")).await;
    browser.clicks("//nav//a[contains(., 'sprint-42')]").await;
    browser.submits("//article//button[@value='deploy']").await;
    house.settled().await;
    browser.enters(&house, "sprint-42").await;
    browser.chooses("web", "feature/pay").await;
    house.settled().await;
    browser.enters(&house, "sprint-42").await;
    browser.submits("//article[contains(., 'feature/pay@p1')]//button[@value='deploy']").await;
    house.until(|text| text.contains("Deployed sprint-42"), "sprint-42").await;
    assert_eq!(house.driver.running("sprint-42"), "api@a1 web@p1");
}
