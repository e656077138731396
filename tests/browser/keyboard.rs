//! The console with a keyboard alone.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::Value;

use crate::chromium::Browser;
use crate::page::{COMPOSER, message};
use crate::support::house::House;

impl Browser {
    /// Strikes keys together, the last of them first let go: `[Control, 'k']`.
    pub(crate) async fn strikes(&self, keys: &[char]) {
        let actions = KeyActions::new("keyboard".into());
        let down = keys.iter().fold(actions, |actions, key| actions.then(KeyAction::Down { value: *key }));
        let all = keys.iter().rev().fold(down, |actions, key| actions.then(KeyAction::Up { value: *key }));
        self.client.perform_actions(all).await.unwrap();
    }

    /// Strikes the keys of a text, one after the other, wherever the focus is.
    pub(crate) async fn types(&self, text: &str) {
        for key in text.chars() {
            self.strikes(&[key]).await;
        }
    }

    /// Takes the focus from wherever it is.
    async fn lets_go(&self) {
        self.asks("document.activeElement.blur()").await;
    }

    async fn written(&self) -> Value {
        self.reads(COMPOSER, "value").await
    }
}

fn focused(what: &str) -> String {
    format!("{what}:focus")
}

#[tokio::test]
async fn everything_can_be_done_without_a_mouse() {
    let house = House::served().await.with_sprint_42().await;
    let Some(browser) = Browser::at(&house).await else { return };
    browser.enters(&house, "lobby").await;
    let enter = &[Key::Enter.into()];

    browser.lets_go().await;
    browser.types("/").await;
    browser.sees(&focused(COMPOSER)).await;
    assert_eq!(browser.written().await, "", "the key that leads here is not written");
    browser.types("ping").await;
    browser.strikes(enter).await;
    browser.sees(&message("pong")).await;
    browser.sees(&focused(COMPOSER)).await;
    assert_eq!(browser.written().await, "");
    browser.strikes(&[Key::Up.into()]).await;
    assert_eq!(browser.written().await, "ping", "the last line comes back");

    browser.lets_go().await;
    browser.types("?").await;
    browser.sees("dialog#keys[open]").await;
    browser.strikes(&[Key::Escape.into()]).await;
    browser.sees("body:not(:has(dialog[open]))").await;

    browser.strikes(&[Key::Control.into(), 'k']).await;
    browser.sees("dialog#palette[open]").await;
    browser.strikes(&[Key::Escape.into()]).await;
    browser.sees("body:not(:has(dialog[open]))").await;
    browser.strikes(&[Key::Control.into(), 'k']).await;
    browser.sees("dialog#palette[open]").await;
    browser.types("sprint-42").await;
    browser.strikes(enter).await;
    browser.sees("//nav[contains(@class, 'rooms')]//a[@aria-current='page'][contains(., 'sprint-42')]").await;

    // The room's card: its button is reached by Tab.
    browser.sees("//article//button[@value='deploy']").await;
    let mut steps = 0;
    while browser.asks("document.activeElement.value ?? ''").await != "deploy" {
        steps += 1;
        assert!(steps < 100, "Tab never comes to the button");
        browser.strikes(&[Key::Tab.into()]).await;
    }
    browser.strikes(enter).await;
    browser.sees("select[name='value.choose:web']").await;
}
