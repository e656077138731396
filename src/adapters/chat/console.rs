//! The built-in console as a chat platform: its messages are rows of our own.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::{ChatName, MessageId, RoomId};
use crate::ports::{ChatAdapter, ChatError, Clock, Ids, Post};
use crate::store::console::{self, Message};
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
    fn name(&self) -> ChatName {
        ChatName::console()
    }

    async fn post(&self, post: &Post) -> Result<MessageId, ChatError> {
        let message = Message {
            id: self.ids.fresh(),
            room: post.room.local().to_owned(),
            thread: post.thread.as_ref().map(ToString::to_string),
            only_for: post.only_for.clone(),
            author: None,
            acting_as: None,
            body: post.content.clone(),
            nonce: Some(post.nonce.clone()),
            posted_at: self.clock.now(),
        };
        let id = MessageId::new(&message.id);
        let written = self.store.write(move |tx| Box::pin(async move { console::insert(tx, &[message]).await }));
        written.await.map_err(unknown)?;
        Ok(id)
    }

    async fn find(&self, _room: &RoomId, nonce: &str) -> Result<Option<MessageId>, ChatError> {
        let mut reader = self.store.reader().await.map_err(unknown)?;
        let found = console::find_by_nonce(&mut reader, nonce).await.map_err(unknown)?;
        Ok(found.map(MessageId::new))
    }
}

/// Our own store failing is like a platform that does not answer: look before doing it again.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn unknown(cause: StoreError) -> ChatError {
    ChatError::Unknown(cause.to_string())
}
