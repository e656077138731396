//! A chat in another process, spoken to over HTTP: what goes over the wire, and the adapter that speaks it.

use std::time::Duration;

use async_trait::async_trait;
use chamberlain::card::model::Content;
use chamberlain::domain::moment::{self, Moment};
use chamberlain::domain::room::{Intent, NameLimits};
use chamberlain::domain::{ChatName, Lane, MessageId, PersonId, RoomId};
use chamberlain::event::{Arrival, Source};
use chamberlain::ports::{Abilities, ChatAdapter, ChatError, Intake, Post, RoomChange, RoomSeen, Sought};
use serde::{Deserialize, Serialize};

/// How long a call may take, also one that waits for somebody to speak: a connection that died without a word is left.
const LIMIT: Duration = Duration::from_secs(30);

/// How the chat is called.
pub(crate) const NAME: &str = "remote";

/// What the chat is asked for. Rooms and messages go by the chat's own ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Call {
    Post { room: String, nonce: String, content: Content, is_in_thread: bool },
    Find { room: String, nonce: String },
    Update { room: String, message: String, content: Content },
    OpenRoom { name: String, at: i64 },
    FindRoom { name: String, at: i64 },
    LookAt { room: String },
    Invite { room: String, people: Vec<PersonId> },
    Remove { room: String, person: PersonId },
    Pin { room: String, message: String },
    Fetch { by: String },
    Acknowledge { key: String },
}

/// What it answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Done,
    Found(Option<String>),
    Seen { members: Vec<PersonId>, pinned: Option<String> },
    Fetched(Vec<Said>),
    NameTaken,
    Rejected(String),
}

/// What somebody said there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) key: String,
    pub(crate) room: String,
    pub(crate) body: String,
}

/// The adapter.
pub(crate) struct RemoteChat {
    client: reqwest::Client,
    address: String,
    bot: String,
}

impl RemoteChat {
    /// The chat at an address, as `bot` uses it.
    pub(crate) fn new(address: String, bot: String) -> anyhow::Result<Self> {
        Ok(Self { client: reqwest::Client::builder().timeout(LIMIT).build()?, address, bot })
    }

    /// Takes in what was said there and acknowledges it, once: what is not acknowledged comes again.
    pub(crate) async fn take_in(&self, intake: &dyn Intake) -> anyhow::Result<()> {
        let fetch = Call::Fetch { by: self.bot.clone() };
        let Answer::Fetched(all) = self.client.post(&self.address).json(&fetch).send().await?.json().await? else {
            anyhow::bail!("that is no answer to a fetch");
        };
        for Said { key, room, body } in all {
            let chat = ChatName::new(NAME);
            let lane = Lane::new(RoomId::new(&chat, &room).as_str());
            intake
                .arrive(Arrival {
                    source: Source::Chat(chat),
                    dedup_key: key.clone(),
                    lane,
                    body,
                    talk: None,
                    trace: None,
                })
                .await?;
            self.client.post(&self.address).json(&Call::Acknowledge { key }).send().await?;
        }
        Ok(())
    }

    async fn ask(&self, call: Call) -> Result<Answer, ChatError> {
        tracing::trace!(target: moment::TARGET, moment = Moment::Calling.as_str());
        let response = self.client.post(&self.address).json(&call).send().await.map_err(unknown)?;
        tracing::trace!(target: moment::TARGET, moment = Moment::Calling.as_str());
        match response.json().await.map_err(unknown)? {
            Answer::NameTaken => Err(ChatError::NameTaken),
            Answer::Rejected(why) => Err(ChatError::Rejected(why)),
            answer => Ok(answer),
        }
    }

    async fn ask_to_find(&self, call: Call) -> Result<Option<String>, ChatError> {
        match self.ask(call).await? {
            Answer::Found(found) => Ok(found),
            other => Err(unknown(format!("{other:?}"))),
        }
    }
}

#[async_trait]
impl ChatAdapter for RemoteChat {
    fn abilities(&self) -> Abilities {
        Abilities { name: ChatName::new(NAME), names: NameLimits { longest: 40 }, archives: false, files: false }
    }

    async fn post(&self, post: &Post) -> Result<MessageId, ChatError> {
        let Post { room, content, nonce, thread, .. } = post.clone();
        let (room, is_in_thread) = (room.local().into(), thread.is_some());
        let posted = self.ask_to_find(Call::Post { room, nonce, content, is_in_thread }).await?;
        posted.map(MessageId::new).ok_or_else(|| unknown("no id"))
    }

    async fn find(&self, Sought { room, nonce, .. }: Sought<'_>) -> Result<Option<MessageId>, ChatError> {
        let found = self.ask_to_find(Call::Find { room: room.local().into(), nonce: nonce.into() });
        Ok(found.await?.map(MessageId::new))
    }

    async fn update(&self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        let (room, message) = (room.local().into(), message.to_string());
        self.ask(Call::Update { room, message, content: content.clone() }).await.map(drop)
    }

    async fn open_room(&self, intent: &Intent) -> Result<RoomId, ChatError> {
        let opened = self.ask_to_find(Call::OpenRoom { name: intent.name.clone(), at: intent.at.as_millis() }).await?;
        opened.map(|id| RoomId::new(&ChatName::new(NAME), &id)).ok_or_else(|| unknown("no id"))
    }

    async fn find_room(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError> {
        let found = self.ask_to_find(Call::FindRoom { name: intent.name.clone(), at: intent.at.as_millis() }).await?;
        Ok(found.map(|id| RoomId::new(&ChatName::new(NAME), &id)))
    }

    async fn look_at(&self, room: &RoomId) -> Result<RoomSeen, ChatError> {
        match self.ask(Call::LookAt { room: room.local().into() }).await? {
            Answer::Seen { members, pinned } => {
                Ok(RoomSeen { members, pinned: pinned.map(MessageId::new), ..RoomSeen::default() })
            }
            other => Err(unknown(format!("{other:?}"))),
        }
    }

    async fn change_room(&self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError> {
        let room = room.local().to_owned();
        let call = match change.clone() {
            RoomChange::Invite(people) => Call::Invite { room, people },
            RoomChange::Remove(person) => Call::Remove { room, person },
            RoomChange::Pin(message) => Call::Pin { room, message: message.to_string() },
            // This chat has rooms, members and a pin, and no more.
            RoomChange::Topic(_)
            | RoomChange::Purpose(_)
            | RoomChange::Bookmark(_)
            | RoomChange::Archive
            | RoomChange::Unarchive => return Ok(()),
        };
        self.ask(call).await.map(drop)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn unknown(cause: impl ToString) -> ChatError {
    ChatError::Unknown(cause.to_string())
}
