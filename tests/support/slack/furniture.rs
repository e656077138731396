//! Pins and bookmarks.

use serde_json::{Value, json};

use super::args::{Answered, ApiError, Args};
use super::channels::Channel;
use super::messages::{Message, micros};
use super::world::World;
use super::{BOT, TEAM};

const MOST_BOOKMARKS: usize = 100;
const MOST_PINS: usize = 100;

impl World {
    /// A message of a channel, by `channel` and `timestamp`.
    fn item(&self, args: &Args) -> Result<(&Channel, String), ApiError> {
        let channel = self.channel_of(args)?;
        let ts = args.text("timestamp").ok_or("no_item_specified")?;
        micros(ts).ok_or("bad_timestamp")?;
        let message = channel.message(ts).ok_or("message_not_found")?;
        Ok((channel, message.ts.clone()))
    }

    pub(super) fn pins_add(&mut self, args: &Args) -> Answered {
        let (channel, ts) = self.item(args)?;
        let id = channel.id.clone();
        if !channel.has(BOT) {
            return Err("not_in_channel".into());
        }
        if channel.pins.contains(&ts) {
            return Err("already_pinned".into());
        }
        if channel.pins.len() >= MOST_PINS {
            return Err("too_many_pins".into());
        }
        self.channel_mut(&id).pins.push(ts.clone());
        self.tell_pin("pin_added", &id, &ts);
        Ok(Value::Null)
    }

    pub(super) fn pins_remove(&mut self, args: &Args) -> Answered {
        let (channel, ts) = self.item(args)?;
        let id = channel.id.clone();
        if !channel.pins.contains(&ts) {
            return Err("no_pin".into());
        }
        self.channel_mut(&id).pins.retain(|pin| *pin != ts);
        self.tell_pin("pin_removed", &id, &ts);
        Ok(Value::Null)
    }

    fn tell_pin(&mut self, word: &str, id: &str, ts: &str) {
        let item = pin(self.channel(id), ts);
        let now = self.fresh_ts();
        self.emit(&json!({ "type": word, "user": BOT, "channel_id": id, "item": item, "event_ts": now }), Some(id));
    }

    pub(super) fn pins_list(&self, args: &Args) -> Answered {
        let channel = self.channel_of(args)?;
        let items: Vec<Value> = channel.pins.iter().map(|ts| pin(channel, ts)).collect();
        Ok(json!({ "items": items }))
    }

    fn channel_of_bookmark(&self, args: &Args) -> Result<&Channel, ApiError> {
        let channel = self.seen_channel(args.needed("channel_id")?)?;
        if channel.has(BOT) { Ok(channel) } else { Err("not_in_channel".into()) }
    }

    pub(super) fn bookmarks_add(&mut self, args: &Args) -> Answered {
        let channel = self.channel_of_bookmark(args)?;
        let id = channel.id.clone();
        let (title, kind) = (args.needed("title")?, args.needed("type")?);
        if kind != "link" {
            return Err("invalid_bookmark_type".into());
        }
        let link = args.text("link").filter(|link| link.starts_with("http")).ok_or("invalid_link")?;
        if channel.bookmarks.len() >= MOST_BOOKMARKS {
            return Err("too_many_bookmarks".into());
        }
        let key = self.fresh_id("Bk");
        let bookmark = json!({
            "id": key, "channel_id": id, "title": title, "link": link, "emoji": args.text("emoji").unwrap_or_default(),
            "icon_url": null, "type": "link", "entity_id": null, "date_created": self.seconds(), "date_updated": 0,
            "rank": key, "last_updated_by_user_id": BOT, "last_updated_by_team_id": TEAM, "shortcut_id": null,
            "app_id": null,
        });
        self.channel_mut(&id).bookmarks.insert(key, bookmark.clone());
        Ok(json!({ "bookmark": bookmark }))
    }

    pub(super) fn bookmarks_edit(&mut self, args: &Args) -> Answered {
        let id = self.channel_of_bookmark(args)?.id.clone();
        let now = self.seconds();
        let key = args.needed("bookmark_id")?;
        let bookmark = self.channel_mut(&id).bookmarks.get_mut(key).ok_or("not_found")?;
        for field in ["title", "link", "emoji"] {
            if let Some(value) = args.get(field) {
                bookmark[field] = value.clone();
            }
        }
        bookmark["date_updated"] = json!(now);
        Ok(json!({ "bookmark": bookmark }))
    }

    pub(super) fn bookmarks_remove(&mut self, args: &Args) -> Answered {
        let id = self.channel_of_bookmark(args)?.id.clone();
        let key = args.needed("bookmark_id")?;
        self.channel_mut(&id).bookmarks.remove(key).ok_or("not_found")?;
        Ok(Value::Null)
    }

    pub(super) fn bookmarks_list(&self, args: &Args) -> Answered {
        let channel = self.channel_of_bookmark(args)?;
        Ok(json!({ "bookmarks": channel.bookmarks.values().collect::<Vec<_>>() }))
    }
}

fn pin(channel: &Channel, ts: &str) -> Value {
    let message = channel.message(ts).map(Message::json);
    json!({ "type": "message", "channel": channel.id, "created": 0, "created_by": BOT, "message": message })
}
