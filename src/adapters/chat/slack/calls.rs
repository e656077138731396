//! The one way to Slack: every call is paced, is not made once the token was refused, and says which method failed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::api::{Api, CallError};
use super::pace::{Pace, Turn};
use super::refusal::Refusal;
use crate::domain::answer::WayBack;
use crate::ports::{ChatError, Clock};

/// What answers with a way back are called in errors.
const BACK: &str = "response_url";

/// What sends a file's text is called in errors.
const UPLOAD: &str = "upload_url";

/// Refusals that last: the workspace or the app does without what was asked for.
const DOES_WITHOUT: [&str; 2] = ["missing_scope", "plan_upgrade_required"];

/// Calls Slack.
pub(super) struct Calls {
    api: Api,
    clock: Arc<dyn Clock>,
    pace: Mutex<Pace>,
    refused: OnceLock<Refusal>,
    without: Mutex<HashSet<&'static str>>,
    us: OnceCell<Us>,
}

/// Who we are in Slack.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Us {
    /// Our account.
    #[serde(rename = "user_id")]
    pub(super) account: String,
    /// What our messages are signed with, if Slack tells it.
    #[serde(rename = "bot_id", default)]
    pub(super) bot: Option<String>,
    /// The workspace.
    #[serde(rename = "team_id")]
    pub(super) team: String,
}

/// A call that was not answered.
#[derive(Debug)]
pub(super) struct Failed {
    method: &'static str,
    why: CallError,
}

/// A page of a list; each method calls its items by another name.
#[derive(Deserialize)]
struct Page<A> {
    #[serde(default = "Vec::new", alias = "members", alias = "channels", alias = "messages")]
    items: Vec<A>,
    #[serde(default)]
    response_metadata: Option<After>,
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    next_cursor: Option<String>,
}

/// An answer of which nothing is read.
#[derive(Deserialize)]
pub(super) struct Done {}

impl Calls {
    pub(super) fn new(api: Api, clock: Arc<dyn Clock>) -> Self {
        let (pace, refused) = (Mutex::new(Pace::new()), OnceLock::new());
        Self { api, clock, pace, refused, without: Mutex::default(), us: OnceCell::new() }
    }

    /// Takes a turn in a channel, or says when to come again.
    pub(super) fn turn(&self, turn: Turn<'_>) -> Result<(), ChatError> {
        locked(&self.pace).turn(turn, self.clock.now()).map_err(|after| ChatError::Busy { after: Some(after) })
    }

    /// Calls a method that reads.
    pub(super) async fn get<A>(&self, method: &'static str, query: &[(&str, &str)]) -> Result<A, Failed>
    where
        A: DeserializeOwned + Send,
    {
        self.may(method)?;
        let answer = self.api.get(method, query).await;
        answer.map_err(|why| self.failed(method, why))
    }

    /// Calls a method that reads what the workspace or the app may do without; then there is none, and one line tells.
    pub(super) async fn get_if_allowed<A>(
        &self,
        method: &'static str,
        query: &[(&str, &str)],
    ) -> Result<Option<A>, Failed>
    where
        A: DeserializeOwned + Send,
    {
        if locked(&self.without).contains(method) {
            return Ok(None);
        }
        match self.get(method, query).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Failed { why: CallError::Refused(refusal), .. }) if refusal.is(&DOES_WITHOUT) => {
                if locked(&self.without).insert(method) {
                    tracing::warn!(method, "{}; until the next start I do without", refusal.of_a_call(method));
                }
                Ok(None)
            }
            Err(failed) => Err(failed),
        }
    }

    /// Reads a list page by page until something of it is found.
    pub(super) async fn search<A, F>(
        &self,
        method: &'static str,
        query: &[(&str, &str)],
        mut found: impl FnMut(A) -> Option<F>,
    ) -> Result<Option<F>, Failed>
    where
        A: DeserializeOwned + Send,
    {
        let mut cursor: Option<String> = None;
        loop {
            let query: Vec<_> = query.iter().copied().chain(cursor.as_deref().map(|place| ("cursor", place))).collect();
            let page: Page<A> = self.get(method, &query).await?;
            if let Some(found) = page.items.into_iter().find_map(&mut found) {
                return Ok(Some(found));
            }
            cursor = page.response_metadata.and_then(|after| after.next_cursor).filter(|place| !place.is_empty());
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }

    /// Calls a method that changes something.
    pub(super) async fn post<A>(&self, method: &'static str, body: &Value) -> Result<A, Failed>
    where
        A: DeserializeOwned + Send,
    {
        self.may(method)?;
        let answer = self.api.post(method, body).await;
        answer.map_err(|why| self.failed(method, why))
    }

    /// Posts a message. When it is one too many, its channel gets a pace and no other does.
    pub(super) async fn say<A>(&self, channel: &str, body: &Value) -> Result<A, Failed>
    where
        A: DeserializeOwned + Send,
    {
        let method = "chat.postMessage";
        self.may(method)?;
        let answer = self.api.post(method, body).await;
        answer.map_err(|why| {
            if let CallError::RateLimited { after } = why {
                tracing::debug!(channel, ?after, "too many messages for Slack; this channel goes slower for a while");
                locked(&self.pace).channel_limited(channel, after, self.clock.now());
                return Failed { method, why };
            }
            self.failed(method, why)
        })
    }

    /// Answers over a way back.
    pub(super) async fn back(&self, way: &WayBack, body: &Value) -> Result<(), Failed> {
        self.api.back(way, body).await.map_err(|why| Failed { method: BACK, why })
    }

    /// Sends a file to the address that Slack gave for it.
    pub(super) async fn upload(&self, address: &str, text: String) -> Result<(), Failed> {
        self.api.upload(address, text).await.map_err(|why| Failed { method: UPLOAD, why })
    }

    /// Who we are; asked once.
    pub(super) async fn us(&self) -> Result<&Us, Failed> {
        self.us.get_or_try_init(async || self.post("auth.test", &json!({})).await).await
    }

    fn may(&self, method: &'static str) -> Result<(), Failed> {
        if let Some(refusal) = self.refused.get() {
            return Err(Failed { method, why: CallError::Token(refusal.clone()) });
        }
        let rest = locked(&self.pace).method(method, self.clock.now());
        rest.map_err(|after| Failed { method, why: CallError::RateLimited { after } })
    }

    /// Remembers what the next calls must know.
    fn failed(&self, method: &'static str, why: CallError) -> Failed {
        match &why {
            CallError::RateLimited { after } => {
                tracing::debug!(method, ?after, "too many calls for Slack; this method rests");
                locked(&self.pace).method_limited(method, *after, self.clock.now());
            }
            CallError::Token(refusal) => {
                if self.refused.set(refusal.clone()).is_ok() {
                    tracing::error!(
                        method,
                        "{}; until the next start nothing is asked of Slack",
                        refusal.of_a_call(method)
                    );
                }
            }
            CallError::NotDone(_) | CallError::Unknown(_) | CallError::Refused(_) => {}
        }
        Failed { method, why }
    }
}

impl Failed {
    /// Whether Slack refused with one of these codes.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        self.refusal().is_some_and(|refusal| refusal.is(codes))
    }

    /// What Slack refused, if it is a matter of this call alone.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        if let CallError::Refused(refusal) = &self.why { Some(refusal) } else { None }
    }
}

impl From<Failed> for ChatError {
    fn from(Failed { method, why }: Failed) -> Self {
        match why {
            CallError::RateLimited { after } => Self::Busy { after: Some(after) },
            CallError::NotDone(why) => {
                tracing::warn!(method, why, "a call to Slack was not made; it is tried again");
                Self::Busy { after: None }
            }
            CallError::Unknown(why) => Self::Unknown(format!("`{method}`: {why}")),
            CallError::Refused(refusal) | CallError::Token(refusal) => Self::Rejected(refusal.of_a_call(method)),
        }
    }
}

/// Lists that several know by the same name.
pub(super) type Kept<K, V> = Mutex<HashMap<K, V>>;

/// What is kept here is whole after every line, so that a panic elsewhere spoils nothing.
pub(super) fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
