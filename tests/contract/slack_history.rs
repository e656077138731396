//! What is read back from a channel: what was said to us while nobody listened, as the very frames that would have come,
//! and our own messages after a lost answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chamberlain::adapters::chat::slack::{BotToken, Settings, Slack};
use chamberlain::card::model::Content;
use chamberlain::domain::marked::Marked;
use chamberlain::domain::{PersonId, RoomId};
use chamberlain::event::chat::slack::{Envelope, Sorted, Us, sort};
use chamberlain::ports::{Accounts, ChatAdapter, Clock, Post, Sought, SystemClock};

use serde_json::json;

use crate::support::clock::HandClock;
use crate::support::slack::api_faults::Fault;
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

/// A channel in which Alice speaks, by a clock that stands still.
struct Room {
    slack: FakeSlack,
    clock: Arc<HandClock>,
    alice: String,
    id: RoomId,
}

impl Room {
    async fn open() -> Self {
        let clock = Arc::new(HandClock::default());
        let slack = FakeSlack::start_by(clock.clone()).await;
        let alice = slack.person("alice");
        let ops = slack.channel("ops", &["alice", BOT]);
        Self { slack, clock, alice, id: RoomId::new(&Slack::name(), &ops) }
    }

    fn says(&self, text: &str) -> String {
        self.slack.says(&self.alice, "ops", text)
    }

    fn replies(&self, thread: &str, text: &str) -> String {
        self.slack.says_in_thread(&self.alice, ("ops", thread), text)
    }

    /// The keys under which the last ten minutes are kept, in their order.
    async fn missed(&self) -> Vec<String> {
        let since = self.clock.now().minus(Duration::from_mins(10));
        let frames = adapter(&self.slack).missed(&self.id, since).await.unwrap();
        let us = Us { user: BOT.into(), bot: Some(BOT_ID.into()) };
        let key = |frame: &String| match sort(&Envelope::read(frame).unwrap(), &us) {
            Sorted::Take { key, .. } => key,
            other => panic!("{other:?}"),
        };
        frames.iter().map(key).collect()
    }

    fn key(&self, ts: &str) -> String {
        format!("message:{}:{ts}", self.id.local())
    }
}

#[tokio::test]
async fn mentions_are_found_again_and_are_the_same_messages() {
    let room = Room::open().await;
    room.says("good morning");
    let first = room.says("@bot echo one");
    room.slack.other_bot_says("ops", "<@U0BOT> echo two");
    let last = room.says("@bot echo three");
    assert_eq!(room.missed().await, [room.key(&first), room.key(&last)]);
    room.clock.pass(Duration::from_mins(11));
    assert!(room.missed().await.is_empty());
}

#[tokio::test]
async fn mentions_in_threads_are_found_however_old_the_thread_is() {
    let room = Room::open().await;
    let [old, quiet, late] = ["what do you think?", "nobody answers", "@bot echo long ago"].map(|text| room.says(text));
    room.replies(&old, "@bot echo before");
    room.replies(&late, "I think so too");
    room.clock.pass(Duration::from_hours(1));
    let first = room.replies(&old, "@bot echo one");
    let top = room.says("@bot echo two");
    room.replies(&top, "just talk");
    let second = room.replies(&late, "@bot echo three");
    let last = room.replies(&top, "@bot echo four");
    assert_eq!(room.missed().await, [first, top.clone(), second, last].map(|ts| room.key(&ts)));
    let read = room.slack.calls("conversations.replies");
    let threads: Vec<&str> = read.iter().map(|call| call.args["ts"].as_str().unwrap()).collect();
    assert_eq!(threads, [&top, &late, &old], "the liveliest first, and {quiet} is not asked for");
}

#[tokio::test]
async fn threads_are_read_up_to_a_bound_and_one_that_cannot_be_read_stops_no_other() {
    let room = Room::open().await;
    let threads: Vec<String> = (0..25).map(|number| room.says(&format!("thread {number}"))).collect();
    room.clock.pass(Duration::from_hours(1));
    let mentions: Vec<String> = threads.iter().map(|thread| room.replies(thread, "@bot echo x")).collect();
    room.slack.api_fault(Fault::on("conversations.replies").error("thread_not_found").times(1));
    let found: Vec<String> = mentions[5..24].iter().map(|ts| room.key(ts)).collect();
    assert_eq!(room.missed().await, found);
    assert_eq!(room.slack.calls("conversations.replies").len(), 20);
}

#[tokio::test]
async fn what_was_found_is_kept_when_slack_has_no_time_for_threads() {
    let room = Room::open().await;
    let top = room.says("@bot echo one");
    let mention = room.replies(&top, "@bot echo two");
    room.slack.api_fault(Fault::on("conversations.replies").error("ratelimited"));
    assert_eq!(room.missed().await, [room.key(&top)], "and not {mention}");
}

#[tokio::test]
async fn a_message_of_ours_is_found_and_one_that_another_app_forged_is_not() {
    let room = Room::open().await;
    let (chat, since) = (adapter(&room.slack), room.clock.now());
    let forged = json!({ "event_type": "chamberlain", "event_payload": { "nonce": "n1" } });
    let sought = |thread| Sought { room: &room.id, thread, nonce: "n1", since };
    room.slack.other_bot_forges("ops", "pong", Some(forged.clone()));
    assert_eq!(chat.find(sought(None)).await.unwrap(), None);
    let (room_id, content) = (room.id.clone(), Content::Text(Marked::plain("pong")));
    let post = Post { room: room_id, thread: None, only_for: None, back: None, content, nonce: "n1".into() };
    let ours = chat.post(&post).await.unwrap();
    room.slack.other_bot_forges("ops", "pong", Some(forged));
    assert_eq!(chat.find(sought(None)).await.unwrap(), Some(ours.clone()));
    let in_thread = chat.post(&Post { thread: Some(ours.clone()), nonce: "n2".into(), ..post }).await.unwrap();
    let thread = Sought { nonce: "n2", ..sought(Some(&ours)) };
    assert_eq!(chat.find(thread).await.unwrap(), Some(in_thread));
}
