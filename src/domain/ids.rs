//! The names by which things are told apart, each a type of its own.

use serde::{Deserialize, Serialize};

/// Declares a text id: parsed at the border, trusted inside.
macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)+) => { $(
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes a text that is already known to be such an id.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as it is stored and sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }
    )+ };
}

pub(crate) use text_id;

text_id! {
    /// A chat adapter's name: `console`, `slack`, `lark`.
    ChatName;
    /// A message within its room, in the platform's own words (console: a number; Slack: a `ts`).
    MessageId;
    /// A person known from the config, whatever chats they speak in.
    PersonId;
    /// One row of the inbox.
    EventId;
    /// One row of the outbox: its event's id, a dot, its number within the change.
    EffectId;
    /// Follows one cause through inbox, outbox, audit and log.
    TraceId;
    /// Events whose decisions stay in order.
    Lane;
    /// A process that claims work. New at each start.
    WorkerId;
    /// A data folder that a process has to itself, whatever it is called and wherever it is mounted.
    HomeId;
    /// A command as the grammar knows it: `deploy`, `iteration start`.
    CommandName;
}

/// A conversation: the chat it lives in and that chat's own id for it.
///
/// Written `console:lobby`; the part behind the colon is the platform's and may contain anything.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomId(String);

impl RoomId {
    /// The room that `chat` calls `local`.
    pub fn new(chat: &ChatName, local: &str) -> Self {
        Self(format!("{chat}:{local}"))
    }

    /// Reads the stored form; a text without a colon is no room.
    pub fn parse(text: &str) -> Option<Self> {
        text.split_once(':')
            .filter(|(chat, local)| !chat.is_empty() && !local.is_empty())
            .map(|_| Self(text.to_owned()))
    }

    /// The chat adapter that knows this room.
    pub fn chat(&self) -> ChatName {
        ChatName::new(self.parts().0)
    }

    /// The platform's own id.
    pub fn local(&self) -> &str {
        self.parts().1
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or((&self.0, ""))
    }
}

impl std::fmt::Display for RoomId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl ChatName {
    /// The built-in console.
    pub fn console() -> Self {
        Self("console".to_owned())
    }
}

impl EffectId {
    /// The id of the `number`th effect of what `event` decided: the same event decided again gives the same ids.
    pub fn of(event: &EventId, number: usize) -> Self {
        Self(format!("{event}.{number}"))
    }

    /// The event that this effect answers.
    pub fn event(&self) -> EventId {
        EventId(self.0.split('.').next().unwrap_or_default().to_owned())
    }
}

impl EventId {
    /// The id of the `number`th event read from one raw arrival.
    #[must_use]
    pub fn child(&self, number: usize) -> Self {
        Self(format!("{self}-{number}"))
    }

    /// Which of its arrival's events this is, when the arrival held several.
    pub fn part(&self) -> Option<usize> {
        self.0.split_once('-').and_then(|(_, number)| number.parse().ok())
    }
}
