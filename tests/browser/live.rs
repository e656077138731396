//! A page that stays open: what happens elsewhere appears in it.

use serde_json::json;

use crate::chromium::Browser;
use crate::page::{card, message};
use crate::support::house::House;

impl Browser {
    /// Marks the page; a page that was loaded again has lost the mark.
    async fn marks_page(&self) {
        self.asks("(window.isMarked = true)").await;
    }

    async fn has_same_page(&self) -> bool {
        self.asks("window.isMarked ?? false").await == json!(true)
    }
}

#[tokio::test]
async fn what_is_said_elsewhere_appears_without_a_reload() {
    let house = House::served().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "lobby").await;
    browser.marks_page().await;
    house.says("bo", "#lobby", "Good morning").await;
    browser.sees(&message("Good morning")).await;
    house.says("bo", "#lobby", "ping").await;
    browser.sees(&message("pong")).await;
    assert!(browser.has_same_page().await);
    assert_eq!(browser.counts("ol.messages > li").await, 3);
}

#[tokio::test]
async fn a_card_changes_where_it_stands() {
    let house = House::served().await.with_sprint_42().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "sprint-42").await;
    browser.marks_page().await;
    house.driver.hold();
    house.says("bo", "#sprint-42", "deploy api web").await;
    browser.sees(&card("running", "sprint-42, revision 1")).await;
    let place = browser.reads("//ol/li[.//article[@data-state='running']]", "id").await;
    let place = place.as_str().unwrap();
    let cards = browser.counts("article.card").await;
    house.driver.go_on();
    browser.sees(&format!("//li[@id='{place}']{}", card("ok", "Deployed sprint-42, revision 1"))).await;
    assert_eq!(browser.counts("article.card").await, cards);
    assert!(browser.has_same_page().await);
}

#[tokio::test]
async fn a_select_in_use_keeps_its_focus_and_what_is_about_to_be_chosen() {
    let house = House::served().await.with_sprint_42().await;
    house.source.commit("api", "feature/pay", "q1");
    house.says("ana", "#sprint-42", "deploy").await;
    house.settled().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "sprint-42").await;
    browser.marks_page().await;
    browser.sees("select[name='value.choose:api']").await;
    // As an open list has it: one line is marked, and not yet sent.
    let select = "document.querySelector(\"select[name='value.choose:api']\")";
    browser.asks(&format!("({select}.focus(), {select}.value = 'feature/pay')")).await;
    let seen = house.cards_in("sprint-42").await.remove(1);
    house.chooses("bo", &seen, ("choose:web", Some("feature/pay"))).await;
    browser.sees("//article//li[b = 'web'][contains(., 'feature/pay@p1')]").await;
    let state = browser.asks("[document.activeElement.name, document.activeElement.value]").await;
    assert_eq!(state, json!(["value.choose:api", "feature/pay"]));
    assert!(browser.has_same_page().await);
    assert_eq!(house.cards_in("sprint-42").await.remove(1).text.matches("feature/pay@").count(), 1, "nothing was sent");
}

#[tokio::test]
async fn a_thread_opens_beside_and_back_closes_it() {
    let house = House::served().await.with_sprint_42().await;
    house.says("bo", "#sprint-42", "deploy api web").await;
    house.settled().await;
    house.source.commit("web", "main", "w2");
    house.find_commits().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "sprint-42").await;
    browser.marks_page().await;
    browser.clicks("a.replies").await;
    browser.sees("//aside[@id='thread']//li[contains(., 'Updated by itself to revision 2')]").await;
    assert!(browser.has_same_page().await);
    house.source.commit("web", "main", "w3");
    house.find_commits().await;
    browser.sees("//aside[@id='thread']//li[contains(., 'Updated by itself to revision 3')]").await;
    browser.client.back().await.unwrap();
    browser.sees("body:not(:has(#thread)) aside.environment li").await;
}
