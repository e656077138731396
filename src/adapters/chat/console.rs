//! The built-in console as a chat platform: its messages are rows of our own.

use std::sync::Arc;

use async_trait::async_trait;

use crate::card::model::Content;
use crate::domain::answer::Reader;
use crate::domain::room::{Intent, NameLimits};
use crate::domain::{ChatName, MessageId, PersonId, RoomId};
use crate::ports::{Abilities, ChatAdapter, ChatError, Clock, Ids, Post, RoomChange, RoomSeen, Sought, Standing};
use crate::store::console::{self, Message, Room};
use crate::store::{Store, StoreError};

/// The console.
pub struct Console {
    /// Where its messages are.
    pub store: Store,
    /// Dates them.
    pub clock: Arc<dyn Clock>,
    /// Names them.
    pub ids: Arc<dyn Ids>,
}

#[async_trait]
impl ChatAdapter for Console {
    fn abilities(&self) -> Abilities {
        Abilities { name: ChatName::console(), names: NameLimits { longest: 80 }, archives: false, files: true }
    }

    async fn post(&self, post: &Post) -> Result<MessageId, ChatError> {
        let message = Message {
            id: self.ids.fresh(),
            room: post.room.local().to_owned(),
            thread: post.thread.as_ref().map(ToString::to_string),
            only_for: post.only_for.as_ref().map(person),
            author: None,
            acting_as: None,
            body: post.content.clone(),
            nonce: Some(post.nonce.clone()),
            posted_at: self.clock.now(),
        };
        let id = MessageId::new(&message.id);
        self.store
            .write(move |tx| Box::pin(async move { console::insert(tx, &[message]).await }))
            .await
            .map_err(unknown)?;
        Ok(id)
    }

    async fn find(&self, sought: Sought<'_>) -> Result<Option<MessageId>, ChatError> {
        let mut reader = self.store.reader().await.map_err(unknown)?;
        let found = console::find_by_nonce(&mut reader, sought.nonce).await.map_err(unknown)?;
        Ok(found.map(MessageId::new))
    }

    async fn update(&self, _room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        let (id, body) = (message.to_string(), content.clone());
        let edited = self.store.write(move |tx| Box::pin(async move { console::edit(tx, &id, &body).await }));
        edited.await.map_err(unknown)
    }

    async fn open_room(&self, intent: &Intent) -> Result<RoomId, ChatError> {
        let room = Room { id: intent.name.clone(), name: intent.name.clone(), topic: String::new() };
        let (nonce, now) = (intent.nonce.clone(), self.clock.now());
        let id = RoomId::new(&ChatName::console(), &room.id);
        let made =
            self.store.write(move |tx| Box::pin(async move { console::make_room(tx, &room, &nonce, now).await }));
        if made.await.map_err(unknown)? { Ok(id) } else { Err(ChatError::NameTaken) }
    }

    async fn find_room(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError> {
        let mut reader = self.store.reader().await.map_err(unknown)?;
        let found = console::find_room_by_nonce(&mut reader, &intent.nonce).await.map_err(unknown)?;
        Ok(found.map(|id| RoomId::new(&ChatName::console(), &id)))
    }

    async fn look_at(&self, room: &RoomId) -> Result<RoomSeen, ChatError> {
        let mut reader = self.store.reader().await.map_err(unknown)?;
        let members = console::members(&mut reader, room.local()).await.map_err(unknown)?;
        let pinned = console::pinned(&mut reader, room.local()).await.map_err(unknown)?;
        let topic = console::room(&mut reader, room.local()).await.map_err(unknown)?;
        Ok(RoomSeen {
            standing: if topic.is_some() { Standing::Open } else { Standing::Lost },
            name: None,
            members,
            pinned: pinned.map(MessageId::new),
            topic: topic.map(|room| room.topic),
            purpose: None,
            bookmarks: None,
        })
    }

    async fn change_room(&self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError> {
        let (room, change) = (room.local().to_owned(), change.clone());
        let changed = self.store.write(move |tx| {
            Box::pin(async move {
                match &change {
                    RoomChange::Invite(people) => console::add_members(tx, &room, people).await,
                    RoomChange::Remove(person) => console::remove_member(tx, &room, person).await,
                    RoomChange::Pin(message) => console::pin(tx, &room, message.as_str()).await,
                    RoomChange::Topic(words) => console::set_topic(tx, &room, words).await,
                    // The console has no such furniture, and its rooms stay where they are.
                    RoomChange::Purpose(_) | RoomChange::Bookmark(_) | RoomChange::Archive | RoomChange::Unarchive => {
                        Ok(())
                    }
                }
            })
        });
        changed.await.map_err(unknown)
    }
}

/// Here an account is a person's id.
fn person(reader: &Reader) -> PersonId {
    match reader {
        Reader::Person(person) => person.clone(),
        Reader::Account(account) => PersonId::new(account),
    }
}

/// Our own store failing is like a platform that does not answer: look before doing it again.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn unknown(cause: StoreError) -> ChatError {
    ChatError::Unknown(cause.to_string())
}
