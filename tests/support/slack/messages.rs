//! What is said: a message, how it looks in an answer, and what the app hears of it.

use serde_json::{Map, Value, json};

use super::channels::Kind;
use super::elements::give_ids;
use super::world::World;
use super::{APP, BOT, BOT_ID, TEAM};

/// A message.
#[derive(Clone, Debug, Default)]
pub struct Message {
    pub ts: String,
    pub user: String,
    pub text: String,
    pub subtype: Option<String>,
    pub blocks: Vec<Value>,
    pub attachments: Vec<Value>,
    pub thread_ts: Option<String>,
    pub metadata: Option<Value>,
    /// The only one who sees it; `None` is everybody in the channel.
    pub reader: Option<String>,
    /// How often it was changed.
    pub edits: usize,
    /// The other fields, as they stand in the JSON.
    pub more: Map<String, Value>,
}

impl Message {
    /// A line that Slack writes itself.
    pub(super) fn system(subtype: &str, user: &str) -> Self {
        Self { user: user.into(), subtype: Some(subtype.into()), ..Self::default() }
    }

    /// Whether the bot wrote it, not Slack about the bot.
    pub fn is_from_bot(&self) -> bool {
        self.more.contains_key("bot_id")
    }

    /// Every block, also those in attachments.
    pub fn all_blocks(&self) -> Vec<Value> {
        let inner = self.attachments.iter().filter_map(|attachment| attachment["blocks"].as_array());
        self.blocks.iter().chain(inner.flatten()).cloned().collect()
    }

    /// Whether it stands in the channel itself, not in a thread only.
    pub(super) fn is_top(&self) -> bool {
        self.thread_ts.as_ref().is_none_or(|thread| *thread == self.ts)
            || self.subtype.as_deref() == Some("thread_broadcast")
    }

    pub(super) fn json(&self) -> Value {
        let mut json = self.more.clone();
        json.insert("type".into(), json!("message"));
        json.insert("user".into(), json!(self.user));
        json.insert("ts".into(), json!(self.ts));
        json.insert("text".into(), json!(self.text));
        json.insert("team".into(), json!(TEAM));
        let fields = [
            ("subtype", self.subtype.as_ref().map(|subtype| json!(subtype))),
            ("thread_ts", self.thread_ts.as_ref().map(|thread| json!(thread))),
            ("metadata", self.metadata.clone()),
            ("blocks", (!self.blocks.is_empty()).then(|| json!(self.blocks))),
            ("attachments", (!self.attachments.is_empty()).then(|| json!(self.attachments))),
        ];
        for (key, value) in fields {
            if let Some(value) = value {
                json.insert(key.into(), value);
            }
        }
        Value::Object(json)
    }

    /// A message that the bot is about to post.
    pub(super) fn of_bot() -> Self {
        let mut message = Self { user: BOT.into(), ..Self::default() };
        let profile = json!({
            "id": BOT_ID, "app_id": APP, "user_id": BOT, "name": "chamberlain", "deleted": false, "updated": 0,
            "icons": {}, "team_id": TEAM,
        });
        for (key, value) in [("bot_id", json!(BOT_ID)), ("app_id", json!(APP)), ("bot_profile", profile)] {
            message.more.insert(key.into(), value);
        }
        message
    }
}

impl World {
    /// A message that somebody has typed.
    pub(super) fn typed(&mut self, user: &str, text: &str) -> Message {
        let mut message = Message { user: user.into(), text: text.into(), ..Message::default() };
        message.blocks = rich(text);
        message.more.insert("client_msg_id".into(), json!(self.fresh_id("m")));
        message
    }

    /// A message comes into a channel, and the app hears of it. Its stamp is given here.
    pub(super) fn post(&mut self, id: &str, mut message: Message) -> Message {
        message.ts = self.fresh_ts();
        give_ids(&mut message.blocks, self);
        if let Some(thread) = message.thread_ts.clone() {
            self.count_reply(id, &thread, &mut message);
        }
        self.channel_mut(id).messages.push(message.clone());
        if message.reader.is_none() {
            self.tell_of(id, &message);
        }
        message
    }

    fn count_reply(&mut self, id: &str, thread: &str, reply: &mut Message) {
        let Some(parent) = self.channel_mut(id).any_message_mut(thread) else { return };
        parent.thread_ts = Some(thread.into());
        let replies = parent.more.get("reply_count").and_then(Value::as_u64).unwrap_or_default();
        parent.more.insert("reply_count".into(), json!(replies + 1));
        parent.more.insert("latest_reply".into(), json!(reply.ts));
        let users = parent.more.entry("reply_users").or_insert_with(|| json!([]));
        if let Some(users) = users.as_array_mut().filter(|users| !users.contains(&json!(reply.user))) {
            users.push(json!(reply.user));
        }
        let count = users.as_array().map_or(0, Vec::len);
        parent.more.insert("reply_users_count".into(), json!(count));
        reply.more.insert("parent_user_id".into(), json!(parent.user));
    }

    fn tell_of(&mut self, id: &str, message: &Message) {
        let kind = self.channel(id).kind;
        let mut event = message.json();
        event["channel"] = json!(id);
        event["event_ts"] = json!(message.ts);
        let mentions_bot = message.text.contains(&format!("<@{BOT}>")) && message.subtype.is_none();
        if kind != Kind::Direct && mentions_bot && !message.is_from_bot() {
            let mut mention = event.clone();
            mention["type"] = json!("app_mention");
            event["channel_type"] = json!(kind.word());
            self.emit(&event, Some(id));
            self.emit(&mention, Some(id));
            return;
        }
        event["channel_type"] = json!(kind.word());
        self.emit(&event, Some(id));
    }

    /// A message was changed, and the app hears what it was before.
    pub(super) fn tell_change(&mut self, id: &str, ts: &str, before: &Value) {
        let Some(after) = self.channel(id).message(ts).map(Message::json) else { return };
        let kind = self.channel(id).kind;
        let now = self.fresh_ts();
        let event = json!({
            "type": "message", "subtype": "message_changed", "hidden": true, "message": after,
            "previous_message": before, "channel": id, "ts": now, "event_ts": now, "channel_type": kind.word(),
        });
        self.emit(&event, Some(id));
    }

    /// A message is taken away.
    pub(super) fn take_away(&mut self, id: &str, ts: &str) {
        let Some(gone) = self.channel(id).any_message(ts).cloned() else { return };
        self.channel_mut(id).messages.retain(|message| message.ts != ts);
        if gone.reader.is_some() {
            return;
        }
        let (kind, now) = (self.channel(id).kind, self.fresh_ts());
        let event = json!({
            "type": "message", "subtype": "message_deleted", "hidden": true, "deleted_ts": ts,
            "previous_message": gone.json(), "channel": id, "ts": now, "event_ts": now, "channel_type": kind.word(),
        });
        self.emit(&event, Some(id));
    }
}

/// The blocks that Slack makes of a plain text.
pub(super) fn rich(text: &str) -> Vec<Value> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut elements = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<@") {
        let Some((user, after)) = after.split_once('>') else { break };
        if !before.is_empty() {
            elements.push(json!({ "type": "text", "text": before }));
        }
        elements.push(json!({ "type": "user", "user_id": user.split('|').next() }));
        rest = after;
    }
    if !rest.is_empty() {
        elements.push(json!({ "type": "text", "text": rest }));
    }
    vec![json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] })]
}

/// A stamp in microseconds, for comparing.
pub(super) fn micros(ts: &str) -> Option<i64> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(seconds) || !is_number(fraction) || fraction.len() > 6 {
        return None;
    }
    Some(seconds.parse::<i64>().ok()? * 1_000_000 + format!("{fraction:0<6}").parse::<i64>().ok()?)
}

/// A test names a message that is not there.
pub(super) fn no_message<T>(ts: &str) -> T {
    panic!("there is no message {ts}")
}
