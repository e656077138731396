//! A connection that is lost and comes back.

use std::time::Duration;

use crate::chromium::Browser;
use crate::page::message;
use crate::relay::Relay;
use crate::support::house::House;

const LOST: &str = "#offline:not([hidden])";
const THERE: &str = "#offline[hidden]";

impl Browser {
    /// Each of these lines stands in the room once, in this order.
    async fn has_each_once(&self, lines: &[&str]) {
        let shown = self.asks("[...document.querySelectorAll('ol.messages > li')].map(line => line.innerText)").await;
        let shown: Vec<&str> = shown.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let found: Vec<&str> =
            shown.iter().filter_map(|text| lines.iter().find(|line| text.contains(*line)).copied()).collect();
        assert_eq!(found, lines);
    }
}

#[tokio::test]
async fn what_was_said_while_the_connection_was_lost_comes_after_it_once() {
    let mut relay = Relay::new().await;
    let house = House::served_behind(relay.address).await;
    relay.leads_to(house.address());
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "lobby").await;
    browser.sees(THERE).await;
    house.says("bo", "#lobby", "Said before").await;
    browser.sees(&message("Said before")).await;

    relay.cut();
    browser.sees(LOST).await;
    for line in ["Said first", "Said second", "Said third"] {
        house.says("bo", "#lobby", line).await;
    }
    assert_eq!(browser.counts(&message("Said first")).await, 0, "it cannot know");

    relay.go_on();
    browser.sees(&message("Said third")).await;
    browser.sees(THERE).await;
    house.says("bo", "#lobby", "Said after").await;
    browser.sees(&message("Said after")).await;
    browser.has_each_once(&["Said before", "Said first", "Said second", "Said third", "Said after"]).await;
}

#[tokio::test]
async fn an_open_page_does_not_keep_the_house_from_closing_and_finds_it_again() {
    let house = House::served().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "lobby").await;
    house.says("bo", "#lobby", "Said before").await;
    browser.sees(&message("Said before")).await;
    let reopened = tokio::time::timeout(Duration::from_secs(20), house.reopen()).await;
    let house = reopened.expect("it closes, though a browser listens");
    house.says("bo", "#lobby", "Said after").await;
    browser.sees(&message("Said after")).await;
    browser.sees(THERE).await;
    browser.has_each_once(&["Said before", "Said after"]).await;
}
