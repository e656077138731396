//! What people do in channels. People and channels are named by id or by name.

use serde_json::{Value, json};

use super::BOT;
use super::channels::Kind;
use super::handle::FakeSlack;
use super::messages::{Message, no_message, rich};
use super::world::World;

impl FakeSlack {
    /// Somebody writes in a channel; `@bot` in the text is the bot's mention. Gives the message's stamp.
    pub fn says(&self, user: &str, channel: &str, text: &str) -> String {
        self.say(user, (channel, None), text)
    }

    /// The same in a thread.
    pub fn says_in_thread(&self, user: &str, (channel, thread): (&str, &str), text: &str) -> String {
        self.say(user, (channel, Some(thread)), text)
    }

    /// Somebody writes to the bot alone. Gives the conversation's id and the message's stamp.
    pub fn dm(&self, user: &str, text: &str) -> (String, String) {
        let channel = self.shared.change(|world| {
            let user = world.person_id(user);
            world.direct(&user).0
        });
        let ts = self.says(user, &channel, text);
        (channel, ts)
    }

    fn say(&self, user: &str, (channel, thread): (&str, Option<&str>), text: &str) -> String {
        self.shared.change(|world| {
            let (user, channel) = (world.person_id(user), world.channel_id(channel));
            assert!(world.channel(&channel).has(&user), "{user} is not in {channel}");
            let mut message = world.typed(&user, &expanded(text));
            message.thread_ts = thread.map(Into::into);
            world.post(&channel, message).ts
        })
    }

    /// Somebody rewrites a message.
    pub fn edits(&self, user: &str, (channel, ts): (&str, &str), text: &str) {
        self.shared.change(|world| {
            let (user, channel, now) = (world.person_id(user), world.channel_id(channel), world.fresh_ts());
            let message = world.channel_mut(&channel).any_message_mut(ts).unwrap_or_else(|| no_message(ts));
            assert_eq!(message.user, user, "only the writer rewrites a message");
            let before = message.json();
            message.text = expanded(text);
            message.blocks = rich(&message.text);
            message.edits += 1;
            message.more.insert("edited".into(), json!({ "user": user, "ts": now }));
            world.tell_change(&channel, ts, &before);
        });
    }

    /// Somebody takes a message away.
    pub fn deletes(&self, channel: &str, ts: &str) {
        self.in_channel(channel, |world, id| world.take_away(id, ts));
    }

    /// Somebody comes into a channel.
    pub fn joins(&self, user: &str, channel: &str) {
        self.in_channel(channel, |world, id| {
            let user = world.person_id(user);
            world.come_in(id, &user, None);
        });
    }

    /// Somebody goes out of a channel.
    pub fn leaves(&self, user: &str, channel: &str) {
        self.in_channel(channel, |world, id| {
            let user = world.person_id(user);
            world.go_out(id, &user);
        });
    }

    /// Somebody brings another in; the bot is brought in by its id.
    pub fn invites(&self, host: &str, channel: &str, invited: &str) {
        self.in_channel(channel, |world, id| {
            let (host, invited) = (world.person_id(host), world.person_id(invited));
            world.come_in(id, &invited, Some(&host));
        });
    }

    /// Somebody throws the bot out.
    pub fn kicks_bot(&self, channel: &str) {
        self.in_channel(channel, |world, id| world.go_out(id, BOT));
    }

    /// Somebody archives a channel.
    pub fn archives(&self, user: &str, channel: &str) {
        self.in_channel(channel, |world, id| {
            let user = world.person_id(user);
            world.put_away(id, &user, true);
        });
    }

    /// Somebody deletes a channel; nothing of it is left.
    pub fn deletes_channel(&self, channel: &str) {
        self.in_channel(channel, |world, id| {
            let event = json!({ "type": "channel_deleted", "channel": id, "event_ts": world.fresh_ts() });
            world.emit(&event, Some(id));
            world.channels.retain(|channel| channel.id != id);
        });
    }

    /// Somebody takes a channel out of the archive.
    pub fn unarchives(&self, user: &str, channel: &str) {
        self.in_channel(channel, |world, id| {
            let user = world.person_id(user);
            world.put_away(id, &user, false);
        });
    }

    /// Somebody gives a channel another name.
    pub fn renames(&self, channel: &str, name: &str) {
        self.in_channel(channel, |world, id| world.call_it(id, name));
    }

    /// Another bot writes in a channel, as modern apps do: with a user and a `bot_id`, and no subtype.
    pub fn other_bot_says(&self, channel: &str, text: &str) -> String {
        self.other_bot_forges(channel, text, None)
    }

    /// The same, with what we send along with our messages.
    pub fn other_bot_forges(&self, channel: &str, text: &str, metadata: Option<Value>) -> String {
        self.shared.change(|world| {
            let channel = world.channel_id(channel);
            let mut message = Message { user: "U0OTHERBOT".into(), text: expanded(text), ..Message::default() };
            message.metadata = metadata;
            message.more.insert("bot_id".into(), json!("B0OTHER"));
            message.more.insert("app_id".into(), json!("A0OTHER"));
            world.post(&channel, message).ts
        })
    }

    /// Somebody looks at the bot's home tab.
    pub fn opens_home(&self, user: &str) {
        self.shared.change(|world| {
            let user = world.person_id(user);
            let (channel, now) = (world.direct(&user).0, world.fresh_ts());
            let mut event = json!({
                "type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": now,
            });
            if let Some(home) = world.home(&user) {
                event["view"] = home.json();
            }
            world.emit(&event, None);
        });
    }

    fn in_channel(&self, channel: &str, act: impl FnOnce(&mut World, &str)) {
        self.shared.change(|world| {
            let id = world.channel_id(channel);
            assert_ne!(world.channel(&id).kind, Kind::Direct, "{channel} is a direct conversation");
            act(world, &id);
        });
    }
}

fn expanded(text: &str) -> String {
    text.replace("@bot", &format!("<@{BOT}>"))
}
