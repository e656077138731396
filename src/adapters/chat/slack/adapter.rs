//! Slack as a chat platform: what the house asks of it, each kind of wish in a file of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::api::{Api, BotToken, NoClient};
use super::calls::Calls;
use super::furniture::Furniture;
use super::people::Learnt;
use crate::card::model::Content;
use crate::card::render::slack::{self, Rendered, Surroundings};
use crate::domain::person::Person;
use crate::domain::room::{Intent, NameLimits};
use crate::domain::{ChatName, MessageId, RoomId};
use crate::ports::{
    Abilities, Accounts, ChatAdapter, ChatError, Clock, PeopleSeen, Post, RoomChange, RoomSeen, Sought,
};

/// The longest name of a channel.
const LONGEST_NAME: usize = 80;
/// How long people take to be looked up.
const SOON: Duration = Duration::from_millis(300);

/// What the adapter must be told.
pub struct Settings {
    /// Where Slack's methods are, without a slash at the end: `https://slack.com/api`.
    pub api_url: String,
    /// The bot's token.
    pub token: BotToken,
    /// Whether the rooms we make are seen by their members alone.
    pub is_private: bool,
    /// The config's groups that are user groups of the workspace, each with the id or the handle it has there.
    pub user_groups: BTreeMap<String, String>,
    /// Whose account is whose.
    pub accounts: Arc<dyn Accounts>,
    /// The console's address in a browser, if it has one that people reach.
    pub console: Option<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Slack.
pub struct Slack {
    pub(super) calls: Calls,
    pub(super) is_private: bool,
    pub(super) user_groups: BTreeMap<String, String>,
    pub(super) accounts: Arc<dyn Accounts>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) furniture: Furniture,
    pub(super) learnt: Learnt,
    console: Option<String>,
}

impl Slack {
    /// An adapter that has not called yet.
    ///
    /// # Errors
    /// This machine has nothing to make HTTPS calls with.
    pub fn new(settings: Settings) -> Result<Self, NoClient> {
        let Settings { api_url, token, is_private, user_groups, accounts, console, clock } = settings;
        let calls = Calls::new(Api::new(&api_url, &token)?, Arc::clone(&clock));
        let (furniture, learnt) = (Furniture::default(), Learnt::default());
        Ok(Self { calls, is_private, user_groups, accounts, clock, furniture, learnt, console })
    }

    /// How rooms name this chat.
    pub fn name() -> ChatName {
        ChatName::new("slack")
    }

    /// What concerns people waits until they were looked up; before, nobody would be found.
    fn knows_people(&self) -> Result<(), ChatError> {
        if self.accounts.are_known() { Ok(()) } else { Err(ChatError::Busy { after: Some(SOON) }) }
    }

    /// Draws with what the renderer must know of the workspace.
    pub(super) fn with_surroundings<T>(&self, draw: impl FnOnce(&Surroundings<'_>) -> T) -> T {
        let account = |person: &_| self.accounts.of(person);
        draw(&Surroundings { account: &account, console: self.console.as_deref() })
    }

    /// A message in Slack's form.
    pub(super) fn rendered(&self, content: &Content) -> Rendered {
        let rendered = self.with_surroundings(|around| slack::content(content, around));
        if !rendered.cut.is_empty() {
            tracing::debug!(cut = ?rendered.cut, "not all of a message fits into Slack");
        }
        rendered
    }
}

#[async_trait]
impl ChatAdapter for Slack {
    fn abilities(&self) -> Abilities {
        Abilities { name: Self::name(), names: NameLimits { longest: LONGEST_NAME }, archives: true, files: true }
    }

    async fn people(&self, wanted: &[Person]) -> Result<PeopleSeen, ChatError> {
        self.look_for(wanted).await
    }

    async fn post(&self, post: &Post) -> Result<MessageId, ChatError> {
        self.knows_people()?;
        self.say(post).await
    }

    async fn find(&self, sought: Sought<'_>) -> Result<Option<MessageId>, ChatError> {
        self.find_message(sought).await
    }

    async fn update(&self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        self.show(room, message, content).await
    }

    async fn open_room(&self, intent: &Intent) -> Result<RoomId, ChatError> {
        self.create(intent).await
    }

    async fn find_room(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError> {
        self.find_own(intent).await
    }

    async fn look_at(&self, room: &RoomId) -> Result<RoomSeen, ChatError> {
        self.knows_people()?;
        self.look_into(room.local()).await
    }

    async fn change_room(&self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError> {
        self.knows_people()?;
        self.change(room.local(), change).await
    }
}
