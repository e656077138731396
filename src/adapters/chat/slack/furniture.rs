//! What hangs on a channel's walls: our pin and the bookmarks. Slack lets pins be asked for 20 times a minute in all,
//! so what was seen is good for a while, unless we change it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::adapter::Slack;
use super::calls::{Failed, Kept, Us, locked};
use crate::domain::{MessageId, Timestamp};
use crate::ports::{Bookmark, ChatError};

/// How long what was seen is good.
const GOOD: Duration = Duration::from_mins(1);

/// What was seen, by channel.
pub(super) type Furniture = Kept<String, (Timestamp, Seen)>;

/// Our pin, and the bookmarks where we may read them.
pub(super) type Seen = (Option<MessageId>, Option<Vec<Bookmark>>);

#[derive(Deserialize)]
struct Pins {
    #[serde(default)]
    items: Vec<Pin>,
}

#[derive(Deserialize)]
struct Pin {
    #[serde(default)]
    created: i64,
    #[serde(default)]
    created_by: String,
    /// Files are pinned too.
    #[serde(default)]
    message: Option<Pinned>,
}

#[derive(Deserialize)]
struct Pinned {
    ts: String,
    #[serde(default)]
    user: String,
}

#[derive(Default, Deserialize)]
struct Links {
    #[serde(default)]
    bookmarks: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    id: String,
    #[serde(default)]
    title: String,
    /// Folders have none.
    #[serde(default, rename = "link")]
    address: Option<String>,
}

impl Slack {
    /// What hangs there.
    pub(super) async fn furniture(&self, channel: &str) -> Result<Seen, Failed> {
        let now = self.clock.now();
        let is_good = |at: Timestamp| at <= now && now.since(at) < GOOD;
        {
            let mut kept = locked(&self.furniture);
            kept.retain(|_, (at, _)| is_good(*at));
            if let Some((_, seen)) = kept.get(channel) {
                return Ok(seen.clone());
            }
        }
        let (pins, links) = futures::try_join!(self.our_pins(channel), self.links(channel))?;
        let bookmark = |link: Link| Some(Bookmark { title: link.title, address: link.address? });
        let bookmarks = links.map(|links| links.into_iter().filter_map(bookmark).collect());
        let seen = (pins.into_iter().next(), bookmarks);
        locked(&self.furniture).insert(channel.to_owned(), (now, seen.clone()));
        Ok(seen)
    }

    /// Pins a message, then takes away what we pinned before.
    pub(super) async fn pin(&self, channel: &str, message: &MessageId) -> Result<(), ChatError> {
        locked(&self.furniture).remove(channel);
        let body = |message: &MessageId| json!({ "channel": channel, "timestamp": message.as_str() });
        self.once("pins.add", &body(message), &["already_pinned"]).await?;
        for old in self.our_pins(channel).await?.iter().filter(|pinned| *pinned != message) {
            self.once("pins.remove", &body(old), &["no_pin", "not_pinned", "message_not_found"]).await?;
        }
        Ok(())
    }

    /// Puts a link on top, or leads the one of that title elsewhere.
    pub(super) async fn bookmark(&self, channel: &str, bookmark: &Bookmark) -> Result<(), ChatError> {
        locked(&self.furniture).remove(channel);
        let Bookmark { title, address } = bookmark;
        let links = self.links(channel).await?.unwrap_or_default();
        let mut body = json!({ "channel_id": channel, "title": title, "link": address });
        match links.iter().find(|link| link.title == *title) {
            Some(link) if link.address.as_ref() == Some(address) => Ok(()),
            Some(link) => {
                body["bookmark_id"] = link.id.as_str().into();
                self.once("bookmarks.edit", &body, &[]).await
            }
            None => {
                body["type"] = "link".into();
                self.once("bookmarks.add", &body, &[]).await
            }
        }
    }

    /// The messages that we posted and pinned, the latest pin first.
    async fn our_pins(&self, channel: &str) -> Result<Vec<MessageId>, Failed> {
        let Some(pins) = self.calls.get_if_allowed::<Pins>("pins.list", &[("channel", channel)]).await? else {
            return Ok(Vec::new());
        };
        Ok(ours(pins.items, self.calls.us().await?))
    }

    async fn links(&self, channel: &str) -> Result<Option<Vec<Link>>, Failed> {
        let links = self.calls.get_if_allowed::<Links>("bookmarks.list", &[("channel_id", channel)]).await?;
        Ok(links.map(|links| links.bookmarks))
    }
}

fn ours(mut pins: Vec<Pin>, us: &Us) -> Vec<MessageId> {
    pins.retain(|pin| pin.created_by == us.account);
    pins.sort_by_key(|pin| std::cmp::Reverse(pin.created));
    let messages = pins.into_iter().filter_map(|pin| pin.message);
    messages.filter(|message| message.user == us.account).map(|message| MessageId::new(message.ts)).collect()
}
