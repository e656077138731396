//! The workspace in this process: it is seen at once, and every change rings.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

use crate::message::{Attached, Message};
use crate::support::slack::api_faults;
use crate::support::slack::handle::FakeSlack;
use crate::support::slack::interactions::{Surface, Which};
use crate::support::slack::messages;
use crate::support::slack::settings::Rate;
use crate::support::slack::views;
use crate::support::slack::{APP_TOKEN, BOT, BOT_TOKEN};
use crate::view::{Button, View};
use crate::workspace::{Channel, Fault, How, Workspace, errors};

/// After so long it is looked again though nothing rang.
const LOOK: Duration = Duration::from_secs(1);

/// When what was not acknowledged comes again.
const AGAIN: Duration = Duration::from_secs(1);

/// The fake, with its people and channels.
#[derive(Clone)]
pub(crate) struct Fake(pub(crate) FakeSlack);

impl Fake {
    pub(crate) async fn open() -> Self {
        // Fails only when there is one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let slack = FakeSlack::start().await;
        for person in ["alice", "bob"] {
            slack.person(person);
        }
        slack.person_without_email("carol");
        slack.channel("ops", &["alice", "bob", BOT]);
        slack.channel("random", &["alice", "bob", "carol"]);
        Self(slack)
    }
}

impl Workspace for Fake {
    type Mark = Receiver<()>;

    fn api_url(&self) -> String {
        self.0.api_url()
    }

    fn tokens(&self) -> (String, String) {
        (BOT_TOKEN.to_owned(), APP_TOKEN.to_owned())
    }

    fn email(&self, who: &str) -> String {
        format!("{who}@fake.test")
    }

    fn id(&self, who: &str) -> String {
        self.0.look(|world| world.find_person(who).unwrap().id.clone())
    }

    fn bot(&self) -> String {
        BOT.to_owned()
    }

    async fn says(&self, who: &str, channel: &str, text: &str) -> String {
        self.0.says(who, channel, text)
    }

    async fn replies(&self, who: &str, thread: (&str, &str), text: &str) {
        self.0.says_in_thread(who, thread, text);
    }

    async fn dm(&self, who: &str, text: &str) -> String {
        self.0.dm(who, text).0
    }

    async fn slash(&self, who: &str, channel: &str, words: &str) {
        self.0.types_slash(who, channel, &format!("/chamberlain {words}"));
    }

    async fn presses(&self, who: &str, message: (&str, &str), label: &str) {
        let channel = self.0.look(|world| world.channel(message.0).id.clone());
        self.0.clicks(who, (channel.as_str(), message.1), label);
    }

    async fn chooses(&self, who: &str, message: (&str, &str), choice: (&str, &str)) {
        let channel = self.0.look(|world| world.channel(message.0).id.clone());
        self.0.clicks(who, (channel.as_str(), message.1), choice);
    }

    async fn says_out_of_order(&self, who: &str, channel: &str, texts: &[String]) {
        // A mention comes as two events.
        self.0.reorder_next(2 * texts.len());
        for text in texts {
            self.0.says(who, channel, text);
        }
    }

    async fn archives(&self, channel: &str) {
        self.0.archives("alice", channel);
    }

    async fn unarchives(&self, channel: &str) {
        self.0.unarchives("alice", channel);
    }

    async fn renames(&self, channel: &str, name: &str) {
        self.0.renames(channel, name);
    }

    async fn kicks_bot(&self, channel: &str) {
        self.0.kicks_bot(channel);
    }

    async fn channel(&self, channel: &str) -> Option<Channel> {
        self.0.look(|world| {
            let channel = world.find_channel(channel)?;
            Some(Channel {
                members: channel.members.clone(),
                topic: channel.topic.clone(),
                pins: channel.pins.clone(),
                messages: channel.messages.iter().map(message).collect(),
            })
        })
    }

    async fn calls(&self, method: &str) -> usize {
        self.0.calls(method).len()
    }

    async fn connected(&self, count: usize) {
        self.0.wait_connected(count).await;
    }

    async fn send_again_soon(&self) {
        self.0.set(|settings| settings.retry_delays = vec![Duration::ZERO, AGAIN, AGAIN, AGAIN]);
    }

    async fn drop_sockets(&self) {
        self.0.drop_connections();
    }

    async fn refresh_sockets(&self, grace: Duration) {
        self.0.refresh(grace);
    }

    async fn deliver_twice(&self) {
        self.0.duplicate_next(usize::MAX);
    }

    async fn fault(&self, fault: Fault) {
        let rule = api_faults::Fault::on(fault.method);
        let rule = match fault.how {
            How::Error(code) => rule.error(code),
            How::Status(status) => rule.status(status),
            How::Cut => rule.cut(),
        };
        let rule = if fault.is_after_effect { rule.after_effect() } else { rule };
        self.0.api_fault(if let Some(times) = fault.times { rule.times(times) } else { rule });
    }

    async fn end_faults(&self) {
        self.0.end_api_faults();
    }

    async fn channel_rate(&self, per_second: f64) {
        self.0.set(|settings| settings.channel_rate = Some(Rate { per_second, burst: 1.0 }));
    }

    async fn hear_mentions_alone(&self) {
        self.0.unsubscribe("message.channels");
    }

    async fn revoke_scope(&self, scope: &str) {
        self.0.revoke(scope);
    }

    async fn shortcut(&self, who: &str, name: &str, at: Option<(&str, &str)>) {
        match at {
            Some((channel, ts)) => {
                let channel = self.0.look(|world| world.channel(channel).id.clone());
                self.0.message_shortcut(who, (&channel, ts), name);
            }
            None => drop(self.0.shortcut(who, name)),
        }
    }

    async fn modal(&self, who: &str) -> Option<View> {
        let who = self.id(who);
        self.0.look(|world| world.modals(&who).pop().map(view))
    }

    async fn fills(&self, who: &str, modal: &str, (field, value): (&str, &str)) {
        let which = Which::Choice(field.to_owned(), json!(value));
        self.0.clicks(who, Surface::View(modal.to_owned()), which).answer().await;
    }

    async fn offered(&self, who: &str, modal: &str, field: (&str, &str)) -> Vec<String> {
        let ack = self.0.suggests(who, Surface::View(modal.to_owned()), field).answer().await.payload;
        ack["options"].as_array().unwrap().iter().map(|option| option["value"].as_str().unwrap().to_owned()).collect()
    }

    async fn submits(&self, who: &str, modal: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let fields: Vec<(&str, Value)> = fields.iter().map(|(field, value)| (*field, json!(value))).collect();
        let answer = self.0.submits(who, modal, &fields).answer().await;
        assert_eq!(answer.error, None);
        errors(&answer.payload["errors"])
    }

    async fn closes(&self, who: &str, modal: &str) {
        assert!(self.0.closes_view(who, modal).is_none(), "nobody wants to hear of it");
    }

    async fn mark(&self) -> Receiver<()> {
        self.0.changes()
    }

    async fn change_since(&self, mut mark: Receiver<()>) {
        drop(timeout(LOOK, mark.changed()).await);
    }

    async fn opens_home(&self, who: &str) {
        self.0.opens_home(who);
    }

    async fn home_of(&self, who: &str) -> Option<View> {
        let who = self.id(who);
        self.0.look(|world| world.home(&who).map(view))
    }

    async fn presses_in(&self, who: &str, view: &View, button: &Button) {
        self.0.clicks(who, Surface::View(view.id.clone()), button.value.as_str());
    }
}

fn view(told: &views::View) -> View {
    View { id: told.id.clone(), hash: told.hash.clone(), blocks: told.blocks() }
}

fn message(told: &messages::Message) -> Message {
    let blocks: Vec<Value> = told.all_blocks();
    Message {
        ts: told.ts.clone(),
        text: told.text.clone(),
        blocks,
        thread: told.thread_ts.clone().filter(|thread| *thread != told.ts),
        reader: told.reader.clone(),
        is_ours: told.is_from_bot(),
        files: told.more.get("files").map(Attached::of).unwrap_or_default(),
    }
}
