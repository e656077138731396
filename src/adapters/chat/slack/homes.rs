//! People's own pages. Slack asks for one when it is opened, and then never again: so those that were opened lately are
//! made again when something has changed, and shown when they are not what is shown already.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex as AsyncMutex;

use super::adapter::Slack;
use crate::domain::Timestamp;
use crate::domain::form::Account;
use crate::ports::{ChatError, Desk};

/// How long after it was opened a page is kept true.
const LATELY: Duration = Duration::from_hours(1);
/// The least time between two looks at all of them.
const PACE: Duration = Duration::from_secs(3);
/// How many pages are kept true at most; then those that were opened first are not.
const MOST: usize = 200;

/// A page that somebody opened. Its lock is held from its making to its showing, so that an older one never comes last.
type Shown = Arc<AsyncMutex<Option<Value>>>;

/// The pages that were opened lately.
pub(super) struct Homes {
    chat: Arc<Slack>,
    desk: Arc<dyn Desk>,
    opened: Mutex<HashMap<String, (Account, Timestamp, Shown)>>,
}

impl Homes {
    /// None yet.
    pub(super) fn of(chat: Arc<Slack>, desk: Arc<dyn Desk>) -> Self {
        Self { chat, desk, opened: Mutex::default() }
    }

    /// Somebody looks at their page.
    pub(super) async fn open(&self, by: Account) {
        let shown = self.remember(&by);
        let mut shown = shown.lock().await;
        // Whatever stood there before: Slack asks for it.
        *shown = None;
        if let Err(failed) = self.show(&by, &mut shown).await {
            tracing::warn!(account = by.id, error = %failed, "a home tab is not shown");
        }
    }

    /// Keeps those that were opened lately true; never ends.
    pub(super) async fn keep_true(&self) {
        loop {
            // Before they are made: what changes meanwhile is seen the next time.
            let changed = self.desk.changed();
            let is_all_shown = self.show_all().await;
            self.chat.clock.sleep_until(self.chat.clock.now().plus(PACE)).await;
            if is_all_shown {
                changed.await;
            }
        }
    }

    /// Whether none has to be tried again.
    async fn show_all(&self) -> bool {
        let mut is_all_shown = true;
        for (by, shown) in self.lately() {
            match self.show(&by, &mut *shown.lock().await).await {
                Ok(()) => {}
                Err(ChatError::Busy { .. } | ChatError::Unknown(_)) => is_all_shown = false,
                Err(failed) => {
                    tracing::warn!(account = by.id, error = %failed, "a home tab is kept true no longer");
                    self.opened().remove(&by.id);
                }
            }
        }
        is_all_shown
    }

    async fn show(&self, by: &Account, shown: &mut Option<Value>) -> Result<(), ChatError> {
        let view = self.chat.drawn(&self.desk.page(by).await);
        if shown.as_ref() != Some(&view) {
            // What stands there is not known until there is an answer.
            *shown = None;
            self.chat.publish(&by.id, &view).await?;
            *shown = Some(view);
        }
        Ok(())
    }

    fn remember(&self, by: &Account) -> Shown {
        let now = self.chat.clock.now();
        let mut opened = self.opened();
        if opened.len() >= MOST && !opened.contains_key(&by.id) {
            let first = opened.iter().min_by_key(|(_, (_, at, _))| *at).map(|(id, _)| id.clone());
            first.and_then(|id| opened.remove(&id));
        }
        let (_, at, shown) = opened.entry(by.id.clone()).or_insert_with(|| (by.clone(), now, Shown::default()));
        *at = now;
        shown.clone()
    }

    fn lately(&self) -> Vec<(Account, Shown)> {
        let since = self.chat.clock.now().minus(LATELY);
        let mut opened = self.opened();
        opened.retain(|_, (_, at, _)| *at >= since);
        opened.values().map(|(by, _, shown)| (by.clone(), shown.clone())).collect()
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Account, Timestamp, Shown)>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
