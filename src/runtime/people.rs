//! Who people are in a chat: looked up at the start, every now and then, and when the chat hints at a change.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::domain::{ChatName, PersonId};
use crate::policy::Rules;
use crate::ports::{Accounts, ChatAdapter, ChatError, Clock, PeopleSeen};

/// How often people are looked up when nothing hints at a change.
const EVERY: Duration = Duration::from_mins(30);
/// The least time between two looks, however many hints come, and the wait after one that failed.
const LEAST: Duration = Duration::from_mins(1);
/// The wait after a look that failed while nobody is known yet: nobody is answered before.
const SOON: Duration = Duration::from_secs(5);

/// Keeps the rules in step with what a chat knows of people.
pub(super) struct People {
    /// The rules as the config has them.
    pub(super) written: Arc<Rules>,
    /// The rules in force.
    pub(super) rules: Arc<ArcSwap<Rules>>,
    /// The chat.
    pub(super) chat: Arc<dyn ChatAdapter>,
    /// Comes when the chat hints at a change.
    pub(super) hint: Arc<Notify>,
    /// Tells that they were looked up once.
    pub(super) known: watch::Sender<bool>,
    /// The time.
    pub(super) clock: Arc<dyn Clock>,
}

impl People {
    /// Looks until `stop`.
    pub(super) async fn run(self, stop: CancellationToken) {
        loop {
            let wait = if self.look().await { EVERY } else { LEAST };
            let wait = if *self.known.borrow() { wait } else { SOON };
            let (least, latest) = (self.clock.now().plus(LEAST.min(wait)), self.clock.now().plus(wait));
            let again = async {
                self.clock.sleep_until(least).await;
                tokio::select! {
                    () = self.hint.notified() => {}
                    () = self.clock.sleep_until(latest) => {}
                }
            };
            if stop.run_until_cancelled(again).await.is_none() {
                return;
            }
        }
    }

    /// Looks once; whether it could.
    pub(super) async fn look(&self) -> bool {
        let people: Vec<_> = self.written.people.values().cloned().collect();
        let name = self.chat.abilities().name;
        match self.chat.people(&people).await {
            Ok(seen) => {
                let rules = self.written.knowing(&name, (&seen.accounts, &seen.groups), self.version(&seen));
                self.rules.store(Arc::new(rules));
                self.known.send_replace(true);
                true
            }
            Err(cause) => {
                tracing::warn!(chat = %name, error = %cause, "people cannot be looked up; trying again");
                // Another look soon would be refused as well: who is known by account is answered.
                if matches!(cause, ChatError::Rejected(_)) {
                    self.known.send_replace(true);
                }
                false
            }
        }
    }

    fn version(&self, seen: &PeopleSeen) -> String {
        if *seen == PeopleSeen::default() {
            return self.written.version.clone();
        }
        let fingerprint = Sha256::digest(format!("{}{seen:?}", self.written.version));
        BASE64_URL_SAFE_NO_PAD.encode(&fingerprint[..6])
    }
}

/// Whose account is whose, as the rules in force have it.
pub(super) struct InForce {
    /// The rules in force.
    pub(super) rules: Arc<ArcSwap<Rules>>,
    /// In which chat.
    pub(super) chat: ChatName,
    /// Whether people were looked up there.
    pub(super) known: watch::Receiver<bool>,
}

impl Accounts for InForce {
    fn are_known(&self) -> bool {
        *self.known.borrow()
    }

    fn of(&self, person: &PersonId) -> Option<String> {
        self.rules.load().person(person)?.accounts.get(&self.chat).cloned()
    }

    fn person(&self, account: &str) -> Option<PersonId> {
        self.rules.load().person_by_account(&self.chat, account).map(|person| person.id.clone())
    }
}
