//! What was said to us while nobody listened: read from a room's history and its threads, as the frames that would have
//! come.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::adapter::Slack;
use super::calls::Failed;
use super::messages::moment;
use crate::domain::{RoomId, Timestamp};
use crate::ports::ChatError;

/// The most mentions that are found in a room.
const MOST: usize = 100;
/// So many messages of a room are looked at though they are older: somebody may have answered to them since.
const LOOKED_AT: usize = 200;
/// So many threads of a room are read, those with the newest replies.
const THREADS: usize = 20;
/// So many replies of a thread are looked at.
const REPLIES: usize = 200;

/// A message's stamp: seconds and microseconds, in the order of time.
type Stamp = (u64, u64);

/// A room, as far as it was read.
struct Reading<'r> {
    room: &'r RoomId,
    us: &'r str,
    since: Stamp,
    mentions: BTreeMap<Stamp, String>,
    /// Threads in which somebody spoke since then, by their last replies.
    threads: BTreeMap<Stamp, String>,
}

impl Slack {
    /// The mentions of us in a room since a moment, oldest first, each as the frame that brings one. What came already is
    /// the same message, and is done once. Threads are read as well: the twenty with the newest replies, of those that began in
    /// the newest two hundred messages of the room. What cannot be read there is left out.
    pub async fn missed(&self, room: &RoomId, since: Timestamp) -> Result<Vec<String>, ChatError> {
        let us = self.calls.us().await?.account.as_str();
        let since = moment(since);
        let (mentions, threads) = (BTreeMap::new(), BTreeMap::new());
        let mut reading = Reading { room, us, since: stamp(&since).unwrap_or_default(), mentions, threads };
        self.read_room(&mut reading).await?;
        let threads = std::mem::take(&mut reading.threads);
        for thread in threads.into_values().rev().take(THREADS) {
            match self.read_thread(&mut reading, &thread, &since).await {
                Ok(()) => {}
                // It may have been taken away; the next is another matter.
                Err(failed) if failed.refusal().is_some() => {
                    tracing::debug!(%room, thread, error = %ChatError::from(failed), "a thread cannot be read");
                }
                Err(failed) => {
                    let error = ChatError::from(failed);
                    tracing::warn!(%room, %error, "not all threads were looked through for what was said meanwhile");
                    break;
                }
            }
        }
        Ok(reading.mentions.into_values().collect())
    }

    async fn read_room(&self, reading: &mut Reading<'_>) -> Result<(), Failed> {
        let query = [("channel", reading.room.local()), ("limit", "100")];
        let mut count = 0;
        let read = |message: Value| {
            count += 1;
            let is_since = reading.take(&message);
            let is_enough = reading.mentions.len() >= MOST || !is_since && count >= LOOKED_AT;
            is_enough.then_some(())
        };
        self.calls.search("conversations.history", &query, read).await.map(drop)
    }

    async fn read_thread(&self, reading: &mut Reading<'_>, thread: &str, since: &str) -> Result<(), Failed> {
        let query = [("channel", reading.room.local()), ("ts", thread), ("oldest", since), ("limit", "100")];
        let mut count = 0;
        let read = |message: Value| {
            count += 1;
            reading.take(&message);
            let is_enough = reading.mentions.len() >= MOST || count >= REPLIES;
            is_enough.then_some(())
        };
        self.calls.search("conversations.replies", &query, read).await.map(drop)
    }
}

impl Reading<'_> {
    /// Keeps a message that mentions us, and remembers a thread that goes on. Tells whether it was said since then.
    fn take(&mut self, message: &Value) -> bool {
        let at = |key: &str| message[key].as_str().and_then(stamp).filter(|at| *at >= self.since);
        if let (Some(last), Some(first)) = (at("latest_reply"), message["ts"].as_str()) {
            self.threads.insert(last, first.to_owned());
        }
        let Some(said) = at("ts") else { return false };
        let is_mention = message["text"].as_str().is_some_and(|text| text.contains(&format!("<@{}", self.us)));
        if is_mention && message["bot_id"].is_null() {
            self.mentions.insert(said, frame(message, self.room, self.us));
        }
        true
    }
}

fn frame(message: &Value, room: &RoomId, us: &str) -> String {
    let mut event = message.clone();
    event["channel"] = room.local().into();
    let payload = json!({ "authorizations": [{ "user_id": us }], "event": event });
    let id = format!("history:{}", message["ts"].as_str().unwrap_or_default());
    json!({ "type": "events_api", "envelope_id": id, "payload": payload }).to_string()
}

fn stamp(ts: &str) -> Option<Stamp> {
    let (seconds, micros) = ts.split_once('.')?;
    Some((seconds.parse().ok()?, format!("{micros:0<6}").parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_in_the_order_of_time() {
        assert!(stamp("999999999.999999") < stamp("1000000000.000000"));
        assert!(stamp("1.5") > stamp("1.000009"));
        assert_eq!((stamp("1"), stamp("x.1")), (None, None));
    }
}
