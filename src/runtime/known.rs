//! Which chats' people are known: before they were looked up, everybody there would be a stranger, also who is none.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;

use crate::domain::ChatName;
use crate::event::Source;

/// The chats whose people are looked up, each with whether that was done. In all others they are known as written.
#[derive(Clone, Debug, Default)]
pub struct Known(Arc<HashMap<ChatName, watch::Receiver<bool>>>);

impl Known {
    /// These are looked up.
    pub(super) fn of(chats: impl IntoIterator<Item = (ChatName, watch::Receiver<bool>)>) -> Self {
        Self(Arc::new(chats.into_iter().collect()))
    }

    /// Waits until who said something can be told from a stranger; tells whether that came to be before the house
    /// closes.
    pub(super) async fn wait(&self, source: &Source) -> bool {
        let looked_up = match source {
            Source::Chat(chat) => self.0.get(chat),
            Source::House | Source::Timer => None,
        };
        match looked_up.cloned() {
            Some(mut looked_up) => looked_up.wait_for(|is_known| *is_known).await.is_ok(),
            None => true,
        }
    }
}
