//! The seam to a chat platform.

use std::time::Duration;

use async_trait::async_trait;

use crate::card::model::Content;
use crate::domain::room::{Intent, NameLimits};
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

/// What a chat can do, and how far it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Its name in room ids.
    pub name: ChatName,
    /// What it allows in a room's name.
    pub names: NameLimits,
}

/// A room as the chat has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomSeen {
    /// Who of the people we know is in it.
    pub members: Vec<PersonId>,
    /// The message pinned on top.
    pub pinned: Option<MessageId>,
}

/// A change to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomChange {
    /// Bring people in.
    Invite(Vec<PersonId>),
    /// Take a person out.
    Remove(PersonId),
    /// Pin a message on top, in the place of what we pinned before.
    Pin(MessageId),
}

/// A chat platform. Every method may be called again after any end; what "again" means stands at each.
#[async_trait]
pub trait ChatAdapter: Send + Sync {
    /// What it can do.
    fn abilities(&self) -> Abilities;

    /// Posts a message. Calling it again may post it again: look with [`ChatAdapter::find`] first.
    async fn post(&self, post: &Post) -> Result<MessageId, ChatError>;

    /// The message that was posted with this nonce, if there is one.
    async fn find(&self, room: &RoomId, nonce: &str) -> Result<Option<MessageId>, ChatError>;

    /// Puts other content into a message. Again is the same as once.
    async fn update(&self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError>;

    /// Makes a room. Calling it again may make another: look with [`ChatAdapter::find_room`] first.
    ///
    /// # Errors
    /// [`ChatError::NameTaken`] when another room, an archived one too, has the name.
    async fn open_room(&self, intent: &Intent) -> Result<RoomId, ChatError>;

    /// The room that was made for this intent, if there is one: made by us, of this very name, not before the intent.
    async fn find_room(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError>;

    /// How a room is.
    async fn look_at(&self, room: &RoomId) -> Result<RoomSeen, ChatError>;

    /// Changes a room. Again is the same as once.
    ///
    /// # Errors
    /// [`ChatError::Unreached`] names people who have no account there; the others are in.
    async fn change_room(&self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError>;
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
    /// It can never succeed as it is.
    #[error("the chat refuses: {0}")]
    Rejected(String),
    /// A room of that name is there already.
    #[error("there is a room of that name")]
    NameTaken,
    /// People without an account there.
    #[error("some people have no account in the chat")]
    Unreached(Vec<PersonId>),
}
