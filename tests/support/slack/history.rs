//! `conversations.history` and `conversations.replies`: what was said, read back.

use serde_json::{Value, json};

use super::args::{Answered, ApiError, Args};
use super::messages::{Message, micros};
use super::world::World;

impl World {
    pub(super) fn conversations_history(&self, args: &Args) -> Answered {
        let channel = self.own_channel_of(args)?;
        let top = channel.messages.iter().rev().filter(|message| message.reader.is_none() && message.is_top());
        let (messages, next) = args.page(&within(args, top)?, 100, 999)?;
        let mut answer = json!({ "messages": messages, "has_more": !next.is_empty(), "pin_count": channel.pins.len() });
        if !next.is_empty() {
            answer["response_metadata"] = json!({ "next_cursor": next });
        }
        Ok(answer)
    }

    pub(super) fn conversations_replies(&self, args: &Args) -> Answered {
        let channel = self.own_channel_of(args)?;
        let ts = args.text("ts").unwrap_or_default();
        let message = channel.message(ts).ok_or("thread_not_found")?;
        let thread = message.thread_ts.as_deref().unwrap_or(ts);
        let is_in_it = |message: &&Message| {
            message.reader.is_none() && (message.ts == thread || message.thread_ts.as_deref() == Some(thread))
        };
        let (messages, next) = args.page(&within(args, channel.messages.iter().filter(is_in_it))?, 1000, 1000)?;
        Ok(json!({
            "messages": messages, "has_more": !next.is_empty(), "response_metadata": { "next_cursor": next },
        }))
    }
}

/// The messages between two moments. Metadata is shown to those who ask for it.
fn within<'m>(args: &Args, messages: impl Iterator<Item = &'m Message>) -> Result<Vec<Value>, ApiError> {
    let moment = |key: &str, refusal: &str| match args.get(key) {
        None => Ok(None),
        Some(Value::String(ts)) => micros(ts).map(Some).ok_or_else(|| ApiError::from(refusal)),
        Some(other) => micros(&other.to_string()).map(Some).ok_or_else(|| ApiError::from(refusal)),
    };
    let oldest = moment("oldest", "invalid_ts_oldest")?.unwrap_or_default();
    let latest = moment("latest", "invalid_ts_latest")?.filter(|&latest| latest > 0).unwrap_or(i64::MAX);
    let is_inclusive = args.flag("inclusive");
    let is_within = |message: &&Message| {
        let at = micros(&message.ts).unwrap_or_default();
        (oldest < at && at < latest) || (is_inclusive && (at == oldest || at == latest))
    };
    let shown = messages.filter(is_within).map(|message| {
        let mut json = message.json();
        if let (Some(fields), false) = (json.as_object_mut(), args.flag("include_all_metadata")) {
            fields.remove("metadata");
        }
        json
    });
    Ok(shown.collect())
}
