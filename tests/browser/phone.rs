//! The console on a phone: one pane at a time, and nothing that must be pushed sideways.

use crate::chromium::Browser;
use crate::page::card;
use crate::pictures::PHONE;
use crate::support::house::House;

/// What leads from pane to pane.
const PANES: &str = "nav.bar a";

impl Browser {
    /// Nothing is wider than the phone; says what is.
    async fn fits(&self, pane: &str) {
        let script = "(() => {
            const wide = document.documentElement.scrollWidth > innerWidth;
            const name = it => `${it.tagName} ${it.className} ${Math.round(it.getBoundingClientRect().right)}`;
            const out = it => it.getBoundingClientRect().right > innerWidth;
            return wide ? [...document.querySelectorAll('body *')].filter(out).map(name) : [];
        })()";
        assert_eq!(self.asks("innerWidth").await, PHONE.0, "it is as wide as the phone");
        let wide = self.asks(script).await;
        assert!(wide.as_array().unwrap().is_empty(), "{pane} is too wide: {wide}");
    }
}

async fn busy_house() -> House {
    let house = House::served().await.with_sprint_42().await;
    house.says("bo", "#sprint-42", &format!("echo {} {}", "many words ".repeat(30), "unbreakable".repeat(20))).await;
    house.driver.state().sick = vec!["p1".into()];
    house.says("bo", "#sprint-42", "deploy api web@feature/pay").await;
    house.settled().await;
    house.says("bo", "#sprint-42", "deploy").await;
    house.settled().await;
    house
}

#[tokio::test]
async fn on_a_phone_no_pane_scrolls_sideways() {
    let house = busy_house().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.shrinks_to(PHONE).await;
    browser.enters(&house, "lobby").await;
    browser.fits("lobby").await;
    browser.enters(&house, "sprint-42").await;
    browser.sees(&card("failed", "sprint-42, revision 1")).await;
    browser.fits("sprint-42").await;
    let panes = browser.counts(PANES).await;
    assert!(panes >= 2, "rooms and environment are reached somehow");
    for number in 1..=panes {
        browser.clicks(&format!("(//nav[contains(@class, 'bar')]//a)[{number}]")).await;
        browser.fits(&format!("pane {number}")).await;
    }
}
