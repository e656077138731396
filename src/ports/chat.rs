//! The seam to a chat platform.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use crate::card::model::Content;
use crate::domain::answer::{Reader, WayBack};
use crate::domain::person::Person;
use crate::domain::room::{Intent, NameLimits, Standing};
use crate::domain::{ChatName, MessageId, PersonId, RoomId, Timestamp};

/// A message to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Where.
    pub room: RoomId,
    /// In which thread.
    pub thread: Option<MessageId>,
    /// Seen by this one alone.
    pub only_for: Option<Reader>,
    /// The way back that came with what is answered, if any.
    pub back: Option<WayBack>,
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
    /// Whether rooms can be archived, and opened again.
    pub archives: bool,
    /// Whether it takes files. Where it does not they are posted as the last lines of their text.
    pub files: bool,
}

/// A message that we may have posted.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'s> {
    /// Where.
    pub room: &'s RoomId,
    /// In which thread.
    pub thread: Option<&'s MessageId>,
    /// What travelled with it.
    pub nonce: &'s str,
    /// Not before this.
    pub since: Timestamp,
}

/// A link that stands on top of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// What is read.
    pub title: String,
    /// Where it leads.
    pub address: String,
}

/// A room as the chat has it. What is none the chat does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomSeen {
    /// How it stands to us; the rest is only told of one that is open.
    pub standing: Standing,
    /// What it is called, where people can give it another name.
    pub name: Option<String>,
    /// Who of the people we know is in it.
    pub members: Vec<PersonId>,
    /// The message that we pinned on top.
    pub pinned: Option<MessageId>,
    /// What stands under its name.
    pub topic: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// The links on top of it.
    pub bookmarks: Option<Vec<Bookmark>>,
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
    /// Put words under its name.
    Topic(String),
    /// Say what it is for.
    Purpose(String),
    /// Put a link on top, in the place of one of the same title.
    Bookmark(Bookmark),
    /// Close it; what was said stays readable.
    Archive,
    /// Open it again. Not every chat lets us: see [`ChatError::Closed`].
    Unarchive,
}

/// Who people are in a chat, as far as the chat vouches for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleSeen {
    /// Accounts that were found, by person.
    pub accounts: BTreeMap<PersonId, String>,
    /// The chat's own groups that the config names, each with the accounts in it.
    pub groups: BTreeMap<String, Vec<String>>,
}

/// Which account is whose, as the rights in force have it.
pub trait Accounts: Send + Sync {
    /// A person's account in this chat.
    fn of(&self, person: &PersonId) -> Option<String>;

    /// Whether they were looked up: before, it cannot be told who has none.
    fn are_known(&self) -> bool {
        true
    }

    /// Whose account it is.
    fn person(&self, account: &str) -> Option<PersonId>;
}

/// A chat platform. Every method may be called again after any end; what "again" means stands at each.
#[async_trait]
pub trait ChatAdapter: Send + Sync {
    /// What it can do.
    fn abilities(&self) -> Abilities;

    /// Looks for the accounts of people whose account the config does not tell; those it does not tell of are not
    /// there. Accounts that are only guests, or no longer good, are not found.
    async fn people(&self, _wanted: &[Person]) -> Result<PeopleSeen, ChatError> {
        Ok(PeopleSeen::default())
    }

    /// Posts a message. Calling it again may post it again: look with [`ChatAdapter::find`] first.
    async fn post(&self, post: &Post) -> Result<MessageId, ChatError>;

    /// The message that was posted with this nonce, if there is one. What only one person saw is never found. A file
    /// is found as soon as the chat shows it, which may be a while after it was taken: one whose answer was lost may
    /// then be posted twice.
    async fn find(&self, sought: Sought<'_>) -> Result<Option<MessageId>, ChatError>;

    /// Puts other content into a message. Again is the same as once.
    ///
    /// # Errors
    /// [`ChatError::Gone`] when there is no such message any more, or none that we may change.
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
    /// [`ChatError::Unreached`] names people who have no account there; the others are in. [`ChatError::Closed`] when a
    /// room that was archived cannot be opened again by us.
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
    /// The message is no longer there, or no longer ours to change; what it told must be posted anew.
    #[error("the message is gone")]
    Gone,
    /// A room of that name is there already.
    #[error("there is a room of that name")]
    NameTaken,
    /// The room stays archived unless a person opens it. Nothing in it can be changed: no words, no topic, no purpose,
    /// so that whoever goes on does so in a room of its own, which can name this one and not be named by it.
    #[error("the room stays closed: {0}")]
    Closed(String),
    /// People without an account there.
    #[error("some people have no account in the chat")]
    Unreached(Vec<PersonId>),
}
