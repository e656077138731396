//! Looking at the workspace, and waiting until it is as wanted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::calls::Call;
use super::channels::{Channel, Kind};
use super::envelopes::{Ack, Envelope, State};
use super::handle::FakeSlack;
use super::messages::Message;
use super::world::World;

/// Whatever takes longer does not come.
const LIMIT: Duration = Duration::from_secs(20);

impl World {
    /// What stands in a channel, in order, also what only one reader sees; and the lines that Slack wrote.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.channel(channel).messages.clone()
    }

    /// The conversation of the bot with somebody.
    pub fn messages_with(&self, user: &str) -> Vec<Message> {
        let user = self.person_id(user);
        let is_theirs = |channel: &&Channel| channel.kind == Kind::Direct && channel.has(&user);
        self.channels.iter().find(is_theirs).map(|channel| channel.messages.clone()).unwrap_or_default()
    }

    /// Every acknowledgement.
    pub fn acks(&self) -> Vec<Ack> {
        self.socket.envelopes.iter().filter_map(|envelope| envelope.ack.clone()).collect()
    }

    /// Whether nothing is under way to the bot.
    pub fn is_quiet(&self) -> bool {
        self.socket.envelopes.iter().all(|envelope| matches!(envelope.state, State::Acked | State::GivenUp))
    }

    /// How often each method was called.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.calls {
            *counts.entry(call.method.clone()).or_default() += 1;
        }
        counts
    }

    /// Everything that was said and called, for a test that fails.
    fn dump(&self) -> String {
        let mut dump = String::new();
        for channel in &self.channels {
            let name = if channel.name.is_empty() { &channel.id } else { &channel.name };
            writeln!(dump, "# {name} {:?}", channel.members).unwrap();
            for message in &channel.messages {
                let reader = message.reader.as_ref().map_or_else(String::new, |reader| format!(" (only {reader})"));
                writeln!(dump, "  {} {}{reader}: {}", message.ts, message.user, message.text).unwrap();
            }
        }
        for call in &self.calls {
            writeln!(dump, "> {} {} {:?}", call.method, call.status, call.error).unwrap();
        }
        for envelope in &self.socket.envelopes {
            let what = envelope.payload["event"]["type"].as_str().unwrap_or(envelope.kind);
            writeln!(dump, "< {what} {:?}", envelope.state).unwrap();
        }
        writeln!(dump, "{} connections", self.socket.live()).unwrap();
        dump
    }
}

impl FakeSlack {
    /// Looks at the workspace.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.shared.look(look)
    }

    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.look(|world| world.messages(channel))
    }

    pub fn messages_with(&self, user: &str) -> Vec<Message> {
        self.look(|world| world.messages_with(user))
    }

    /// The calls of a method.
    pub fn calls(&self, method: &str) -> Vec<Call> {
        self.look(|world| world.calls(method))
    }

    /// How often each method was called.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.look(World::counts)
    }

    pub fn envelopes(&self) -> Vec<Envelope> {
        self.look(|world| world.socket.envelopes.clone())
    }

    pub fn acks(&self) -> Vec<Ack> {
        self.look(World::acks)
    }

    /// The bell that rings after every change from now on.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.shared.changes()
    }

    /// Waits until there is something to see. It looks again after every change.
    pub async fn wait_for<T>(&self, look: impl Fn(&World) -> Option<T>) -> T {
        let limit = Instant::now() + LIMIT;
        let mut changes = self.shared.changes();
        loop {
            changes.mark_unchanged();
            if let Some(seen) = self.shared.look(&look) {
                return seen;
            }
            let rung = timeout_at(limit, changes.changed()).await;
            assert!(rung.is_ok(), "it did not come:\n{}", self.look(World::dump));
        }
    }

    /// Waits until a message of the bot in a channel is as wanted.
    pub async fn wait_for_message(&self, channel: &str, is_wanted: impl Fn(&Message) -> bool) -> Message {
        self.wait_for(|world| {
            let channel = world.find_channel(channel)?;
            channel.messages.iter().find(|message| message.is_from_bot() && is_wanted(message)).cloned()
        })
        .await
    }

    /// Waits until so many calls of a method were made.
    pub async fn wait_for_calls(&self, method: &str, count: usize) -> Vec<Call> {
        self.wait_for(|world| Some(world.calls(method)).filter(|calls| calls.len() >= count)).await
    }

    /// Waits until so many connections work.
    pub async fn wait_connected(&self, count: usize) {
        self.wait_for(|world| (world.socket.live() >= count).then_some(())).await;
    }

    /// Waits until there were so many greetings since the start.
    pub async fn wait_greeted(&self, count: usize) {
        self.wait_for(|world| (world.socket.greetings >= count).then_some(())).await;
    }

    /// Waits until nothing is under way to the bot.
    pub async fn wait_quiet(&self) {
        self.wait_for(|world| world.is_quiet().then_some(())).await;
    }
}
