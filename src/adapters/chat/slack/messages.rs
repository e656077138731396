//! Messages: the ways an answer goes, how a lost one is found, how a card is changed.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::adapter::Slack;
use super::calls::{Done, Failed, Us};
use super::files;
use super::pace::{Rank, Turn};
use super::plain::plain;
use crate::card::model::{Content, File};
use crate::domain::answer::{Reader, WayBack};
use crate::domain::marked::Marked;
use crate::domain::{MessageId, RoomId, Timestamp};
use crate::ports::{ChatError, Post, Sought};

/// What our metadata is called.
const EVENT_TYPE: &str = "chamberlain";

/// Slack's clock may be behind ours by so much.
const SKEW: Duration = Duration::from_mins(1);

/// We, or who should read it, are not where it should be read.
const NOT_THERE: [&str; 3] = ["not_in_channel", "channel_not_found", "user_not_in_channel"];
/// Slack does not like the blocks.
const UNLIKED: [&str; 4] = ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"];
/// There is no such message, or none that we may change.
const GONE: [&str; 3] = ["message_not_found", "cant_update_message", "edit_window_closed"];
/// There is nothing to look through.
const NOTHING_THERE: [&str; 3] = ["not_in_channel", "channel_not_found", "thread_not_found"];

/// Where a message goes.
#[derive(Clone, Copy)]
enum Way<'w> {
    /// Into a channel, or to an account.
    Public(&'w str),
    /// To one who is in the channel.
    Ephemeral { channel: &'w str, account: &'w str },
    /// Over the way back, for all or for the asker.
    Back { way: &'w WayBack, for_all: bool },
}

#[derive(Default, Deserialize)]
struct Posted {
    #[serde(default, alias = "message_ts")]
    ts: Option<String>,
}

/// A message of a channel's history.
#[derive(Deserialize)]
struct Told {
    ts: String,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    bot_id: Option<String>,
    #[serde(default)]
    metadata: Option<Value>,
    #[serde(default)]
    files: Vec<Attached>,
}

/// A file of a message. One that was deleted, or that we may not see, has no name.
#[derive(Deserialize)]
struct Attached {
    #[serde(default)]
    name: Option<String>,
}

impl Told {
    /// Whether it is ours. What travels with a message is no proof: other apps can read it, and send the same.
    fn is_by(&self, us: &Us) -> bool {
        self.user.as_ref() == Some(&us.account) || us.bot.is_some() && self.bot_id == us.bot
    }

    /// Whether it went out with this nonce.
    fn is_of(&self, nonce: &str) -> bool {
        let mut names = self.files.iter().filter_map(|file| file.name.as_deref());
        self::nonce(self) == Some(nonce) || names.any(|name| files::is_of(name, nonce))
    }
}

impl Slack {
    /// Posts an answer or a card.
    pub(super) async fn say(&self, post: &Post) -> Result<MessageId, ChatError> {
        self.calls.turn(Turn { channel: post.room.local(), who: &post.nonce, rank: Rank::Post })?;
        match (&post.only_for, &post.content) {
            // A file is seen by the whole channel, so that one reader gets its last lines.
            (Some(reader), _) => self.whisper(post, reader).await,
            (None, Content::File(file)) => self.send_file(post, file).await,
            (None, Content::Text(words)) => self.speak_at_length(post, words).await,
            (None, _) => self.speak(post).await,
        }
    }

    /// For everybody, and all of it: what is too long for a message begins in one that has the whole as a file. Where
    /// we may put none, the beginning stands alone and says so.
    async fn speak_at_length(&self, post: &Post, words: &Marked) -> Result<MessageId, ChatError> {
        let rendered = self.rendered(&post.content);
        if !rendered.cut.is_empty() {
            let file = File { name: "answer.txt".into(), title: "All of the answer".into(), text: words.to_plain() };
            match self.share(post, &file, Some(&rendered.text)).await {
                Ok(true) => return Ok(MessageId::new(&post.nonce)),
                Err(failed) if failed.refusal().is_none() => return Err(failed.into()),
                Ok(_) | Err(_) => {}
            }
        }
        self.speak(post).await
    }

    /// For everybody: where we are not, we come in once, or take the way back.
    async fn speak(&self, post: &Post) -> Result<MessageId, ChatError> {
        let way = Way::Public(post.room.local());
        let mut posted = self.send(post, way).await;
        if posted.as_ref().is_err_and(|failed| failed.is(&["not_in_channel"])) && self.join(post.room.local()).await? {
            posted = self.send(post, way).await;
        }
        match (posted, &post.back) {
            (Err(failed), Some(way)) if failed.is(&NOT_THERE) => {
                match self.send(post, Way::Back { way, for_all: true }).await {
                    Err(late) if late.refusal().is_some() => Err(failed.into()),
                    answer => Ok(answer?),
                }
            }
            (posted, _) => Ok(posted?),
        }
    }

    /// For one reader: in the channel where they asked, over the way back, or else between us two.
    async fn whisper(&self, post: &Post, reader: &Reader) -> Result<MessageId, ChatError> {
        let channel = post.room.local();
        let account = match reader {
            Reader::Person(person) => self.accounts.of(person),
            Reader::Account(account) => Some(account.clone()),
        };
        let is_direct = channel.starts_with('D');
        if let (Some(account), false) = (&account, is_direct) {
            match self.send(post, Way::Ephemeral { channel, account }).await {
                Err(failed) if failed.is(&NOT_THERE) => {}
                answer => return Ok(answer?),
            }
        }
        if let Some(way) = &post.back {
            match self.send(post, Way::Back { way, for_all: false }).await {
                Err(failed) if failed.refusal().is_some() => {}
                answer => return Ok(answer?),
            }
        }
        if is_direct {
            match self.send(post, Way::Public(channel)).await {
                Err(failed) if failed.is(&NOT_THERE) => {}
                answer => return Ok(answer?),
            }
        }
        let Some(account) = account else {
            return Err(ChatError::Rejected(
                "whom the answer is for has no account in Slack that I know of".to_owned(),
            ));
        };
        self.calls.turn(Turn { channel: &account, who: &post.nonce, rank: Rank::Post })?;
        // Between us two there is no such thread.
        let post = Post { thread: None, ..post.clone() };
        Ok(self.send(&post, Way::Public(&account)).await?)
    }

    /// Sends it; once more in plain words when Slack does not like the blocks.
    async fn send(&self, post: &Post, way: Way<'_>) -> Result<MessageId, Failed> {
        let sent = self.send_as(way, envelope(post, way), self.shown(&post.content)).await;
        let posted = match sent {
            Err(failed) if failed.is(&UNLIKED) => {
                note(&failed);
                self.send_as(way, envelope(post, way), json!({ "text": plain(&post.content) })).await?
            }
            sent => sent?,
        };
        // A way back tells no id; the nonce is as good, since nobody finds or changes what went there.
        Ok(MessageId::new(posted.ts.unwrap_or_else(|| post.nonce.clone())))
    }

    async fn send_as(&self, way: Way<'_>, envelope: Value, shown: Value) -> Result<Posted, Failed> {
        let body = together(envelope, shown);
        match way {
            Way::Public(channel) => self.calls.say(channel, &body).await,
            Way::Ephemeral { .. } => self.calls.post("chat.postEphemeral", &body).await,
            Way::Back { way, .. } => self.calls.back(way, &body).await.map(|()| Posted::default()),
        }
    }

    /// Comes into a public channel; not into one that is private, archived or closed to apps.
    async fn join(&self, channel: &str) -> Result<bool, ChatError> {
        match self.calls.post::<Done>("conversations.join", &json!({ "channel": channel })).await {
            Ok(_) => Ok(true),
            Err(failed) if failed.refusal().is_some() => Ok(false),
            Err(failed) => Err(failed.into()),
        }
    }

    /// Puts other content into a message of ours.
    pub(super) async fn show(&self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        let channel = room.local();
        self.calls.turn(Turn { channel, who: message.as_str(), rank: Rank::Update })?;
        let envelope = json!({ "channel": channel, "ts": message.as_str() });
        let mut shown = self.calls.post("chat.update", &together(envelope.clone(), self.shown(content))).await;
        if let Err(failed) = &shown
            && failed.is(&UNLIKED)
        {
            note(failed);
            shown = self.calls.post("chat.update", &together(envelope, json!({ "text": plain(content) }))).await;
        }
        match shown {
            Ok(Done {}) => Ok(()),
            Err(failed) if failed.is(&GONE) => Err(ChatError::Gone),
            Err(failed) => Err(failed.into()),
        }
    }

    /// The words, and the blocks unless there are none: words without blocks take old blocks away.
    fn shown(&self, content: &Content) -> Value {
        let rendered = self.rendered(content);
        if rendered.blocks.is_empty() {
            return json!({ "text": rendered.text });
        }
        json!({ "text": rendered.text, "blocks": rendered.blocks })
    }

    /// Looks for a message of ours by what travelled with it.
    pub(super) async fn find_message(&self, sought: Sought<'_>) -> Result<Option<MessageId>, ChatError> {
        let oldest = moment(sought.since.minus(SKEW));
        let mut query = vec![
            ("channel", sought.room.local()),
            ("oldest", &oldest),
            ("limit", "200"),
            ("include_all_metadata", "true"),
        ];
        let method = match sought.thread {
            Some(thread) => {
                query.push(("ts", thread.as_str()));
                "conversations.replies"
            }
            None => "conversations.history",
        };
        let us = self.calls.us().await?;
        let ours = |told: Told| (told.is_by(us) && told.is_of(sought.nonce)).then(|| MessageId::new(told.ts));
        match self.calls.search(method, &query, ours).await {
            Err(failed) if failed.is(&NOTHING_THERE) => Ok(None),
            found => Ok(found?),
        }
    }
}

/// All of a message but what is read.
fn envelope(post: &Post, way: Way<'_>) -> Value {
    let mut envelope = match way {
        Way::Public(channel) => json!({
            "channel": channel,
            "unfurl_links": false,
            "unfurl_media": false,
            // Strings alone: what else stood there would make presses on the message unreadable to some libraries.
            "metadata": { "event_type": EVENT_TYPE, "event_payload": { "nonce": post.nonce } },
        }),
        Way::Ephemeral { channel, account } => json!({ "channel": channel, "user": account }),
        Way::Back { for_all, .. } => json!({
            "response_type": if for_all { "in_channel" } else { "ephemeral" },
            "replace_original": false,
        }),
    };
    if let Some(thread) = &post.thread {
        envelope["thread_ts"] = thread.as_str().into();
    }
    envelope
}

fn together(mut envelope: Value, shown: Value) -> Value {
    if let (Value::Object(envelope), Value::Object(shown)) = (&mut envelope, shown) {
        envelope.extend(shown);
    }
    envelope
}

fn note(failed: &Failed) {
    let code = failed.refusal().map(|refusal| refusal.code.as_str());
    tracing::warn!(code, "Slack does not take a message's blocks; it is sent in plain words");
}

fn nonce(told: &Told) -> Option<&str> {
    let metadata = told.metadata.as_ref().filter(|metadata| metadata["event_type"] == EVENT_TYPE)?;
    metadata["event_payload"]["nonce"].as_str()
}

/// A moment as Slack writes it: seconds, and microseconds behind the point.
pub(super) fn moment(at: Timestamp) -> String {
    let millis = at.as_millis().max(0);
    format!("{}.{:06}", millis / 1000, millis % 1000 * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_slack_writes_it() {
        assert_eq!(moment(Timestamp::from_millis(1_772_442_000_042)), "1772442000.042000");
        assert_eq!(moment(Timestamp::from_millis(-5)), "0.000000");
    }

    #[test]
    fn a_message_is_ours_by_both_its_kind_and_its_nonce() {
        let told = |kind: &str| {
            let metadata = json!({ "event_type": kind, "event_payload": { "nonce": "n1" } });
            serde_json::from_value::<Told>(json!({ "ts": "1.1", "metadata": metadata })).unwrap()
        };
        assert_eq!(nonce(&told("chamberlain")), Some("n1"));
        assert_eq!(nonce(&told("another")), None);
        let bare: Told = serde_json::from_value(json!({ "ts": "1.1" })).unwrap();
        assert_eq!(nonce(&bare), None);
    }

    #[test]
    fn a_message_is_ours_by_its_writer() {
        let us = |bot: Option<&str>| Us { account: "U1".into(), bot: bot.map(Into::into), team: "T1".into() };
        let by = |user: Option<&str>, bot: Option<&str>, us: &Us| {
            serde_json::from_value::<Told>(json!({ "ts": "1.1", "user": user, "bot_id": bot })).unwrap().is_by(us)
        };
        assert!(by(Some("U1"), None, &us(None)) && by(None, Some("B1"), &us(Some("B1"))));
        assert!(!by(Some("U2"), Some("B2"), &us(Some("B1"))) && !by(None, None, &us(None)));
    }
}
