//! A chat whose calls are counted: what was asked for, how it ended, how long it took.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;

use crate::card::model::Content;
use crate::domain::person::Person;
use crate::domain::room::Intent;
use crate::domain::{ChatName, MessageId, RoomId};
use crate::metrics::{ChatCall, Metrics};
use crate::ports::{Abilities, ChatAdapter, ChatError, PeopleSeen, Post, RoomChange, RoomSeen, Sought};

/// The chat, counted.
pub(super) struct Measured {
    chat: Arc<dyn ChatAdapter>,
    name: &'static str,
    metrics: Metrics,
}

/// Counts the calls to a chat.
pub(super) fn measured(chat: Arc<dyn ChatAdapter>, metrics: &Metrics) -> Arc<dyn ChatAdapter> {
    let name = label(&chat.abilities().name);
    Arc::new(Measured { chat, name, metrics: metrics.clone() })
}

/// A chat as figures name it.
pub(super) fn label(chat: &ChatName) -> &'static str {
    match chat.as_str() {
        "console" => "console",
        "slack" => "slack",
        _ => "other",
    }
}

/// A call under way. It is counted when it is dropped: whoever gave up waiting for the answer drops it without one.
struct Call<'m> {
    chat: &'m Measured,
    asked: &'static str,
    begun: Instant,
    end: &'static str,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let labels = ChatCall { chat: self.chat.name, call: self.asked, end: self.end };
        self.chat.metrics.called(labels, self.begun.elapsed());
    }
}

impl Measured {
    async fn count<T>(
        &self,
        call: &'static str,
        asking: impl Future<Output = Result<T, ChatError>> + Send,
    ) -> Result<T, ChatError> {
        let mut counted = Call { chat: self, asked: call, begun: Instant::now(), end: "unknown" };
        let answer = asking.await;
        counted.end = answer.as_ref().map_or_else(end, |_| "ok");
        answer
    }
}

fn end(error: &ChatError) -> &'static str {
    match error {
        ChatError::Busy { .. } => "busy",
        ChatError::Unknown(_) => "unknown",
        ChatError::Rejected(_) => "rejected",
        ChatError::Gone => "gone",
        ChatError::NameTaken => "name_taken",
        ChatError::Closed(_) => "closed",
        ChatError::Unreached(_) => "unreached",
    }
}

#[async_trait]
impl ChatAdapter for Measured {
    fn abilities(&self) -> Abilities {
        self.chat.abilities()
    }

    async fn people(&self, wanted: &[Person]) -> Result<PeopleSeen, ChatError> {
        self.count("people", self.chat.people(wanted)).await
    }

    async fn post(&self, post: &Post) -> Result<MessageId, ChatError> {
        self.count("post", self.chat.post(post)).await
    }

    async fn find(&self, sought: Sought<'_>) -> Result<Option<MessageId>, ChatError> {
        self.count("find", self.chat.find(sought)).await
    }

    async fn update(&self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        self.count("update", self.chat.update(room, message, content)).await
    }

    async fn open_room(&self, intent: &Intent) -> Result<RoomId, ChatError> {
        self.count("open_room", self.chat.open_room(intent)).await
    }

    async fn find_room(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError> {
        self.count("find_room", self.chat.find_room(intent)).await
    }

    async fn look_at(&self, room: &RoomId) -> Result<RoomSeen, ChatError> {
        self.count("look_at", self.chat.look_at(room)).await
    }

    async fn change_room(&self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError> {
        self.count("change_room", self.chat.change_room(room, change)).await
    }
}
