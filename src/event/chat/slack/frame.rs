//! The frames of a Socket Mode connection. Source: Slack's Socket Mode documentation.

use serde::Deserialize;
use serde_json::Value;

use crate::event::json;

/// A frame that Slack sent, as far as its socket must know it: what is in an envelope is read by whoever takes it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The connection is good from now on.
    Hello {
        /// How many connections the app has, this one included, if it is told.
        connections: Option<usize>,
    },
    /// The connection ends soon.
    Disconnect(Leaving),
    /// Something happened; Slack waits for its acknowledgement.
    Envelope,
    /// Nothing that we know.
    Unknown,
}

/// Why Slack ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It ends in about ten seconds.
    Warning,
    /// A routine change to another host, or a reason that we do not know.
    Refresh,
    /// Socket Mode was switched off for the app.
    SwitchedOff,
    /// The app has more connections than Slack allows.
    TooMany,
}

/// What Slack wraps everything in that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// By which it is acknowledged.
    pub id: String,
    /// `events_api`, `interactive`, `slash_commands`.
    pub kind: String,
    /// What happened.
    pub payload: Value,
    /// Whether the acknowledgement may carry an answer.
    pub accepts_answer: bool,
}

impl Envelope {
    /// What has an id is an envelope, whatever else is wrong with it: it is kept, and a person may look at it.
    pub fn read(text: &str) -> Option<Self> {
        let Ok(mut value) = json::read(text) else { return Self::unreadable(text) };
        Some(Self {
            id: value["envelope_id"].as_str().filter(|id| !id.is_empty())?.to_owned(),
            kind: value["type"].as_str().unwrap_or_default().to_owned(),
            accepts_answer: value["accepts_response_payload"] == true,
            payload: value["payload"].take(),
        })
    }

    /// One of which nothing more can be read: a number in it is too great, for instance.
    fn unreadable(text: &str) -> Option<Self> {
        let Outside { kind, envelope_id, .. } = Outside::read(text)?;
        let id = envelope_id.as_str().filter(|id| !id.is_empty())?.to_owned();
        let kind = kind.as_str().unwrap_or_default().to_owned();
        Some(Self { id, kind, payload: Value::Null, accepts_answer: false })
    }
}

/// What is read of every frame.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Outside {
    #[serde(rename = "type")]
    kind: Value,
    envelope_id: Value,
    num_connections: Value,
    reason: Value,
}

impl Outside {
    /// Reads what is an object: a list would be taken for one, item by item.
    fn read(text: &str) -> Option<Self> {
        text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok())?
    }
}

impl Frame {
    /// Reads a frame; what is no frame of Slack's is [`Frame::Unknown`].
    pub fn read(text: &str) -> Self {
        let Some(outside) = Outside::read(text) else { return Self::Unknown };
        match outside.kind.as_str() {
            Some("hello") => {
                let connections = outside.num_connections.as_u64().and_then(|count| usize::try_from(count).ok());
                Self::Hello { connections }
            }
            Some("disconnect") => Self::Disconnect(match outside.reason.as_str() {
                Some("warning") => Leaving::Warning,
                Some("link_disabled") => Leaving::SwitchedOff,
                Some("too_many_websockets") => Leaving::TooMany,
                _ => Leaving::Refresh,
            }),
            _ if outside.envelope_id.as_str().is_some_and(|id| !id.is_empty()) => Self::Envelope,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_tolerantly() {
        for (text, frame) in [
            (r#"{"type":"hello","num_connections":3,"new":1}"#, Frame::Hello { connections: Some(3) }),
            (r#"{"type":"hello"}"#, Frame::Hello { connections: None }),
            (r#"{"type":"disconnect","reason":"warning"}"#, Frame::Disconnect(Leaving::Warning)),
            (r#"{"type":"disconnect","reason":"link_disabled"}"#, Frame::Disconnect(Leaving::SwitchedOff)),
            (r#"{"type":"disconnect","reason":"too_many_websockets"}"#, Frame::Disconnect(Leaving::TooMany)),
            (r#"{"type":"disconnect","reason":"new"}"#, Frame::Disconnect(Leaving::Refresh)),
            (r#"{"type":"disconnect"}"#, Frame::Disconnect(Leaving::Refresh)),
            (r#"{"type":"other"}"#, Frame::Unknown),
            ("[]", Frame::Unknown),
            (r#"["new","e1"]"#, Frame::Unknown),
            ("", Frame::Unknown),
            (r#"{"type":"new","envelope_id":"e1","payload":{"type":"hello"}}"#, Frame::Envelope),
            (r#"{"type":7,"envelope_id":"e1"}"#, Frame::Envelope),
            (r#"{"type":"new","envelope_id":1}"#, Frame::Unknown),
            (r#"{"type":"new","envelope_id":""}"#, Frame::Unknown),
        ] {
            assert_eq!(Frame::read(text), frame, "{text}");
        }
        for (text, kind) in [
            (r#"{"type":"new","envelope_id":"e1"}"#, "new"),
            (r#"{"type":7,"envelope_id":"e1","accepts_response_payload":null,"payload":null}"#, ""),
            (r#"{"type":"events_api","envelope_id":"e1","payload":{"too_great":1e999}}"#, "events_api"),
        ] {
            let envelope = Envelope { id: "e1".into(), kind: kind.into(), payload: Value::Null, accepts_answer: false };
            assert_eq!(Envelope::read(text), Some(envelope), "{text}");
        }
    }
}
