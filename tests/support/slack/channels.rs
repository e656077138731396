//! Channels, private channels and direct messages: who is in them, and how they look.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use super::messages::Message;
use super::world::World;
use super::{BOT, TEAM};

/// What a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Public,
    Private,
    Direct,
}

impl Kind {
    /// The word of `channel_type` in message events.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Public => "channel",
            Self::Private => "group",
            Self::Direct => "im",
        }
    }
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub creator: String,
    pub members: Vec<String>,
    pub is_archived: bool,
    pub topic: String,
    pub purpose: String,
    /// What was said, and what was shown to one reader only.
    pub messages: Vec<Message>,
    /// The stamps of pinned messages.
    pub pins: Vec<String>,
    pub bookmarks: BTreeMap<String, Value>,
    pub(super) created: i64,
    previous_names: Vec<String>,
}

impl Channel {
    pub fn has(&self, person: &str) -> bool {
        self.members.iter().any(|member| member == person)
    }

    /// A message that all can read.
    pub(super) fn message(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.ts == ts && message.reader.is_none())
    }

    /// A message, also one for one reader.
    pub(super) fn any_message(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.ts == ts)
    }

    pub(super) fn any_message_mut(&mut self, ts: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.ts == ts)
    }

    /// With the number of members, which is told in lists and to those who ask.
    pub(super) fn counted_json(&self) -> Value {
        let mut json = self.json();
        json["num_members"] = json!(self.members.len());
        json
    }

    pub(super) fn json(&self) -> Value {
        if self.kind == Kind::Direct {
            let other = self.members.iter().find(|member| *member != BOT);
            return json!({
                "id": self.id, "created": self.created, "is_archived": self.is_archived, "is_im": true,
                "is_org_shared": false, "context_team_id": TEAM, "user": other, "is_user_deleted": false,
                "is_open": true,
            });
        }
        json!({
            "id": self.id, "name": self.name, "name_normalized": self.name, "created": self.created,
            "is_channel": self.kind == Kind::Public, "is_group": self.kind == Kind::Private, "is_im": false,
            "is_mpim": false, "is_private": self.kind == Kind::Private, "is_archived": self.is_archived,
            "is_general": false, "is_shared": false, "is_org_shared": false, "is_ext_shared": false,
            "unlinked": 0, "context_team_id": TEAM, "shared_team_ids": [TEAM], "previous_names": self.previous_names, "updated": self.created * 1000,
            "creator": self.creator, "is_member": self.has(BOT),
            "topic": { "value": self.topic, "creator": self.creator, "last_set": 0 },
            "purpose": { "value": self.purpose, "creator": self.creator, "last_set": 0 },
        })
    }
}

impl World {
    /// A channel, by id or name.
    pub fn find_channel(&self, key: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == key || (!channel.name.is_empty() && channel.name == key))
    }

    /// A channel that must be there.
    pub fn channel(&self, key: &str) -> &Channel {
        self.find_channel(key).unwrap_or_else(|| panic!("there is no channel {key}"))
    }

    pub(super) fn channel_mut(&mut self, id: &str) -> &mut Channel {
        let found = self.channels.iter_mut().find(|channel| channel.id == id);
        found.unwrap_or_else(|| panic!("there is no channel {id}"))
    }

    pub(super) fn channel_id(&self, key: &str) -> String {
        self.channel(key).id.clone()
    }

    /// Makes a conversation; its first member made it.
    pub(super) fn make_channel(&mut self, name: &str, kind: Kind, members: Vec<String>) -> String {
        let id = self.fresh_id(if kind == Kind::Direct { "D" } else { "C" });
        self.channels.push(Channel {
            id: id.clone(),
            name: name.into(),
            kind,
            creator: members.first().cloned().unwrap_or_default(),
            members,
            is_archived: false,
            topic: String::new(),
            purpose: String::new(),
            messages: Vec::new(),
            pins: Vec::new(),
            bookmarks: BTreeMap::new(),
            created: self.seconds(),
            previous_names: Vec::new(),
        });
        id
    }

    /// The conversation of the bot with somebody, and whether it was there before.
    pub(super) fn direct(&mut self, person: &str) -> (String, bool) {
        let found = self.channels.iter().find(|channel| channel.kind == Kind::Direct && channel.has(person));
        match found {
            Some(channel) => (channel.id.clone(), true),
            None => (self.make_channel("", Kind::Direct, vec![BOT.into(), person.into()]), false),
        }
    }

    /// The channel of a call, if the bot can see it.
    pub(super) fn seen_channel(&self, id: &str) -> Result<&Channel, ApiError> {
        let found = self.channels.iter().find(|channel| channel.id == id);
        let seen = found.filter(|channel| channel.kind == Kind::Public || channel.has(BOT));
        seen.ok_or_else(|| "channel_not_found".into())
    }

    /// The same by the argument `channel`.
    pub(super) fn channel_of(&self, args: &Args) -> Result<&Channel, ApiError> {
        self.seen_channel(args.needed("channel")?)
    }

    /// The same, and the bot is in it.
    pub(super) fn own_channel_of(&self, args: &Args) -> Result<&Channel, ApiError> {
        let channel = self.channel_of(args)?;
        if channel.has(BOT) { Ok(channel) } else { Err("not_in_channel".into()) }
    }

    /// Somebody comes in.
    pub(super) fn come_in(&mut self, id: &str, person: &str, inviter: Option<&str>) {
        if self.channel(id).has(person) {
            return;
        }
        self.channel_mut(id).members.push(person.into());
        let is_public = self.channel(id).kind == Kind::Public;
        let mut event = self.membership_event("member_joined_channel", id, person);
        let mut line = Message::system(if is_public { "channel_join" } else { "group_join" }, person);
        line.text = format!("<@{person}> has joined the channel");
        if let Some(inviter) = inviter {
            event["inviter"] = json!(inviter);
            line.more.insert("inviter".into(), json!(inviter));
        }
        self.emit(&event, Some(id));
        self.post(id, line);
    }

    /// Somebody goes.
    pub(super) fn go_out(&mut self, id: &str, person: &str) {
        if !self.channel(id).has(person) {
            return;
        }
        let event = self.membership_event("member_left_channel", id, person);
        self.emit(&event, Some(id));
        let is_public = self.channel(id).kind == Kind::Public;
        if person == BOT {
            let left = if is_public { "channel_left" } else { "group_left" };
            let event = json!({ "type": left, "channel": id, "actor_id": BOT, "event_ts": self.fresh_ts() });
            self.emit(&event, Some(id));
        }
        self.channel_mut(id).members.retain(|member| member != person);
        let mut line = Message::system(if is_public { "channel_leave" } else { "group_leave" }, person);
        line.text = format!("<@{person}> has left the channel");
        self.post(id, line);
    }

    fn membership_event(&mut self, word: &str, id: &str, person: &str) -> Value {
        let letter = if self.channel(id).kind == Kind::Public { "C" } else { "G" };
        let ts = self.fresh_ts();
        json!({ "type": word, "user": person, "channel": id, "channel_type": letter, "team": TEAM, "event_ts": ts })
    }

    /// The channel is put away, or taken out again.
    pub(super) fn put_away(&mut self, id: &str, person: &str, is_archived: bool) {
        self.channel_mut(id).is_archived = is_archived;
        let word = self.word_for(id, if is_archived { "archive" } else { "unarchive" });
        let event = json!({ "type": word, "channel": id, "user": person, "event_ts": self.fresh_ts() });
        self.emit(&event, Some(id));
    }

    /// The channel gets another name.
    pub(super) fn call_it(&mut self, id: &str, name: &str) {
        let channel = self.channel_mut(id);
        channel.previous_names.insert(0, std::mem::replace(&mut channel.name, name.into()));
        let told = json!({ "id": id, "name": name, "name_normalized": name, "created": channel.created });
        let word = self.word_for(id, "rename");
        let event = json!({ "type": word, "channel": told, "event_ts": self.fresh_ts() });
        self.emit(&event, Some(id));
    }

    /// Private channels have words of their own.
    fn word_for(&self, id: &str, what: &str) -> String {
        let family = if self.channel(id).kind == Kind::Public { "channel" } else { "group" };
        format!("{family}_{what}")
    }
}
