//! What was said to us while nobody listened: read from a room's history, as the frames that would have come.

use serde_json::{Value, json};

use super::adapter::Slack;
use super::messages::moment;
use crate::domain::{RoomId, Timestamp};
use crate::ports::ChatError;

/// The most that is read of a room.
const MOST: usize = 100;

impl Slack {
    /// The mentions of us in a room since a moment, oldest first, each as the frame that brings one. What came already is
    /// the same message, and is done once. Thread replies are not in a room's history.
    pub async fn missed(&self, room: &RoomId, since: Timestamp) -> Result<Vec<String>, ChatError> {
        let (oldest, us) = (moment(since), self.calls.us().await?.account.clone());
        let query = [("channel", room.local()), ("oldest", oldest.as_str()), ("limit", "100")];
        let mut mentions = Vec::new();
        let mention = format!("<@{us}");
        let of_us = |message: Value| {
            let is_mention = message["text"].as_str().is_some_and(|text| text.contains(&mention));
            if is_mention && message["bot_id"].is_null() {
                mentions.push(frame(&message, room, &us));
            }
            // What is looked for is all of it, up to a bound.
            (mentions.len() >= MOST).then_some(())
        };
        self.calls.search("conversations.history", &query, of_us).await?;
        mentions.reverse();
        Ok(mentions)
    }
}

fn frame(message: &Value, room: &RoomId, us: &str) -> String {
    let mut event = message.clone();
    event["channel"] = room.local().into();
    let payload = json!({ "authorizations": [{ "user_id": us }], "event": event });
    let id = format!("history:{}", message["ts"].as_str().unwrap_or_default());
    json!({ "type": "events_api", "envelope_id": id, "payload": payload }).to_string()
}
