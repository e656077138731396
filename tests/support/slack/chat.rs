//! `chat.*`: posting, changing and taking away.

use serde_json::{Value, json};

use super::BOT;
use super::args::{Answered, ApiError, Args};
use super::blocks::check_blocks;
use super::elements::give_ids;
use super::messages::{Message, micros, rich};
use super::world::World;

const LONGEST_POST: usize = 40_000;
const LONGEST_UPDATE: usize = 4_000;
const LARGEST_METADATA: usize = 8_000;

/// What a message says; `None` is what was not given.
pub(super) struct Said {
    text: Option<String>,
    blocks: Option<Vec<Value>>,
    attachments: Option<Vec<Value>>,
    metadata: Option<Value>,
}

impl World {
    pub(super) fn chat_post_message(&mut self, args: &Args) -> Answered {
        let id = self.place_of_post(args)?;
        let channel = self.channel(&id);
        if channel.is_archived {
            return Err("is_archived".into());
        }
        if !channel.has(BOT) && !self.scopes.contains("chat:write.public") {
            return Err("not_in_channel".into());
        }
        let said = said(args, LONGEST_POST)?;
        let mut message = Message::of_bot();
        said.fill(&mut message);
        if let Some(thread) = args.text("thread_ts") {
            micros(thread).ok_or("invalid_thread_ts")?;
            let parent = self.channel(&id).message(thread).ok_or("thread_not_found")?;
            message.thread_ts = Some(parent.thread_ts.clone().unwrap_or_else(|| thread.into()));
            message.subtype = args.flag("reply_broadcast").then(|| "thread_broadcast".into());
        }
        let message = self.post(&id, message);
        Ok(json!({ "channel": id, "ts": message.ts, "message": message.json() }))
    }

    /// A channel by id or name, or the conversation with somebody.
    fn place_of_post(&mut self, args: &Args) -> Result<String, ApiError> {
        let place = args.text("channel").ok_or("channel_not_found")?.to_owned();
        if self.has_person(&place) {
            return if place == BOT { Err("channel_not_found".into()) } else { Ok(self.direct(&place).0) };
        }
        let id = self.find_channel(place.trim_start_matches('#')).map(|channel| channel.id.clone());
        Ok(self.seen_channel(&id.unwrap_or(place))?.id.clone())
    }

    pub(super) fn chat_post_ephemeral(&mut self, args: &Args) -> Answered {
        let channel = self.channel_of(args)?;
        let id = channel.id.clone();
        let reader = args.needed("user")?;
        if channel.is_archived {
            return Err("is_archived".into());
        }
        if !self.has_person(reader) {
            return Err("user_not_found".into());
        }
        if !channel.has(BOT) {
            return Err("not_in_channel".into());
        }
        if !channel.has(reader) {
            return Err("user_not_in_channel".into());
        }
        let said = said(args, LONGEST_POST)?;
        let mut message = Message::of_bot();
        said.fill(&mut message);
        message.reader = Some(reader.into());
        message.thread_ts = args.text("thread_ts").map(Into::into);
        Ok(json!({ "message_ts": self.post(&id, message).ts }))
    }

    pub(super) fn chat_update(&mut self, args: &Args) -> Answered {
        let id = self.channel_of(args)?.id.clone();
        let ts = self.own_message(&id, args.needed("ts")?, "cant_update_message")?;
        if self.channel(&id).is_archived {
            return Err("is_archived".into());
        }
        let said = said(args, LONGEST_UPDATE)?;
        self.rewrite(&id, &ts, said);
        let after = self.channel(&id).message(&ts).map(Message::json).unwrap_or_default();
        Ok(json!({ "channel": id, "ts": ts, "text": after["text"], "message": after }))
    }

    /// What was given takes the place of what stood there; a text alone takes the blocks away.
    pub(super) fn rewrite(&mut self, id: &str, ts: &str, said: Said) {
        let now = self.fresh_ts();
        let Some(message) = self.channel_mut(id).any_message_mut(ts) else { return };
        let before = message.json();
        if said.blocks.is_some() || said.text.is_some() {
            message.blocks = said.blocks.unwrap_or_else(|| rich(said.text.as_deref().unwrap_or_default()));
        }
        message.text = said.text.unwrap_or_else(|| message.text.clone());
        message.attachments = said.attachments.unwrap_or_else(|| std::mem::take(&mut message.attachments));
        message.metadata = said.metadata.or_else(|| message.metadata.take());
        message.edits += 1;
        message.more.insert("edited".into(), json!({ "user": message.user, "ts": now }));
        let mut blocks = std::mem::take(&mut message.blocks);
        give_ids(&mut blocks, self);
        if let Some(message) = self.channel_mut(id).any_message_mut(ts) {
            message.blocks = blocks;
        }
        self.tell_change(id, ts, &before);
    }

    pub(super) fn chat_delete(&mut self, args: &Args) -> Answered {
        let id = self.channel_of(args)?.id.clone();
        let ts = self.own_message(&id, args.needed("ts")?, "cant_delete_message")?;
        self.take_away(&id, &ts);
        Ok(json!({ "channel": id, "ts": ts }))
    }

    fn own_message(&self, id: &str, ts: &str, refusal: &str) -> Result<String, ApiError> {
        let message = self.channel(id).message(ts).ok_or("message_not_found")?;
        let is_plain = matches!(message.subtype.as_deref(), None | Some("thread_broadcast"));
        if message.is_from_bot() && is_plain { Ok(message.ts.clone()) } else { Err(refusal.into()) }
    }

    pub(super) fn chat_get_permalink(&self, args: &Args) -> Answered {
        let channel = self.channel_of(args)?;
        let message = channel.message(args.needed("message_ts")?).ok_or("message_not_found")?;
        let place = format!("{}archives/{}/p{}", super::TEAM_URL, channel.id, message.ts.replace('.', ""));
        let link = match &message.thread_ts {
            Some(thread) if *thread != message.ts => format!("{place}?thread_ts={thread}&cid={}", channel.id),
            _ => place,
        };
        Ok(json!({ "channel": channel.id, "permalink": link }))
    }
}

impl Said {
    pub(super) fn fill(self, message: &mut Message) {
        message.text = self.text.unwrap_or_default();
        message.blocks = self.blocks.unwrap_or_else(|| rich(&message.text));
        message.attachments = self.attachments.unwrap_or_default();
        message.metadata = self.metadata;
    }
}

/// What a message says, if it may be said.
pub(super) fn said(args: &Args, longest: usize) -> Result<Said, ApiError> {
    let text = args.text("text").map(Into::into);
    let blocks = list(args, "blocks", "invalid_blocks_format")?;
    let attachments = list(args, "attachments", "invalid_attachments")?;
    let is_something = |list: &Option<Vec<Value>>| list.as_ref().is_some_and(|list| !list.is_empty());
    if text.is_none() && !is_something(&blocks) && !is_something(&attachments) {
        return Err("no_text".into());
    }
    if text.as_ref().is_some_and(|text: &String| text.chars().count() > longest) {
        return Err("msg_too_long".into());
    }
    let mut wrong = check_blocks(blocks.as_deref().unwrap_or_default(), "message", "/blocks");
    for (at, attachment) in attachments.iter().flatten().enumerate() {
        let inner = attachment["blocks"].as_array().map(Vec::as_slice).unwrap_or_default();
        wrong.extend(check_blocks(inner, "message", &format!("/attachments/{at}/blocks")));
    }
    if !wrong.is_empty() {
        return Err(ApiError::invalid("invalid_blocks", &wrong));
    }
    let metadata = args.get("metadata").cloned();
    if let Some(metadata) = &metadata {
        if metadata["event_type"].is_null() || !metadata["event_payload"].is_object() {
            return Err("invalid_metadata_format".into());
        }
        if metadata.to_string().len() > LARGEST_METADATA {
            return Err("metadata_too_large".into());
        }
    }
    Ok(Said { text, blocks, attachments, metadata })
}

fn list(args: &Args, key: &str, refusal: &str) -> Result<Option<Vec<Value>>, ApiError> {
    match args.get(key) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items.clone())),
        Some(_) => Err(refusal.into()),
    }
}
