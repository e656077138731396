//! What was said to us while nobody listened is found again, as the very frames that would have come.

use std::collections::BTreeMap;
use std::sync::Arc;

use chamberlain::adapters::chat::slack::{BotToken, Settings, Slack};
use chamberlain::domain::{PersonId, RoomId, Timestamp};
use chamberlain::event::chat::slack::{Envelope, Sorted, Us, sort};
use chamberlain::ports::{Accounts, Clock, SystemClock};

use crate::support::slack::handle::FakeSlack;
use crate::support::slack::{BOT, BOT_ID, BOT_TOKEN};

/// Nobody is known.
struct Strangers;

impl Accounts for Strangers {
    fn of(&self, _: &PersonId) -> Option<String> {
        None
    }

    fn person(&self, _: &str) -> Option<PersonId> {
        None
    }
}

fn adapter(slack: &FakeSlack) -> Slack {
    drop(rustls::crypto::ring::default_provider().install_default());
    let settings = Settings {
        api_url: slack.api_url(),
        token: BotToken::new(BOT_TOKEN),
        is_private: false,
        user_groups: BTreeMap::new(),
        accounts: Arc::new(Strangers),
        console: None,
        clock: Arc::new(SystemClock),
    };
    Slack::new(settings).unwrap()
}

#[tokio::test]
async fn mentions_are_found_again_and_are_the_same_messages() {
    let slack = FakeSlack::start().await;
    let alice = slack.person("alice");
    let ops = slack.channel("ops", &["alice", BOT]);
    let before = SystemClock.now();
    slack.says(&alice, "ops", "good morning");
    let first = slack.says(&alice, "ops", "@bot echo one");
    slack.other_bot_says("ops", "<@U0BOT> echo two");
    let last = slack.says(&alice, "ops", "@bot echo three");
    let room = RoomId::new(&Slack::name(), &ops);
    let frames = adapter(&slack).missed(&room, before).await.unwrap();
    let us = Us { user: BOT.into(), bot: Some(BOT_ID.into()) };
    let key = |frame: &String| match sort(&Envelope::read(frame).unwrap(), &us) {
        Sorted::Take { key, .. } => key,
        other => panic!("{other:?}"),
    };
    let keys: Vec<String> = frames.iter().map(key).collect();
    assert_eq!(keys, [format!("message:{ops}:{first}"), format!("message:{ops}:{last}")]);
    let later = Timestamp::from_millis(before.as_millis() + 600_000);
    assert!(adapter(&slack).missed(&room, later).await.unwrap().is_empty());
}
