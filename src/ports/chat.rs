//! The seam to a chat platform.

use std::time::Duration;

use async_trait::async_trait;

use crate::card::model::Content;
use crate::domain::{ChatName, MessageId, PersonId, RoomId};

/// A message to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Where.
    pub room: RoomId,
    /// In which thread.
    pub thread: Option<MessageId>,
    /// Seen by this person alone.
    pub only_for: Option<PersonId>,
    /// What.
    pub content: Content,
    /// Travels with the message, so that it is found again when the answer to the post is lost.
    pub nonce: String,
}

/// A chat platform. Every method may be called again after any end; what "again" means stands at each.
#[async_trait]
pub trait ChatAdapter: Send + Sync {
    /// The name in room ids.
    fn name(&self) -> ChatName;

    /// Posts a message. Calling it again may post it again: look with [`ChatAdapter::find`] first.
    async fn post(&self, post: &Post) -> Result<MessageId, ChatError>;

    /// The message that was posted with this nonce, if there is one.
    async fn find(&self, room: &RoomId, nonce: &str) -> Result<Option<MessageId>, ChatError>;
}

/// What a chat platform may answer instead.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// Surely not done; try again, after the stated wait if any.
    #[error("the chat is busy")]
    Busy {
        /// The platform's own wish.
        after: Option<Duration>,
    },
    /// It may have been done: the answer was lost.
    #[error("the chat gave no answer: {0}")]
    Unknown(String),
    /// It can never succeed.
    #[error("the chat refuses: {0}")]
    Rejected(String),
}
