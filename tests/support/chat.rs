//! A chat that keeps its own truth and has no idempotency: it refuses taken names, carries calls out and loses the
//! answers when told to, and knows only the people it was given.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chamberlain::card::model::Content;
use chamberlain::card::render::text;
use chamberlain::domain::room::{Intent, NameLimits};
use chamberlain::domain::{ChatName, MessageId, PersonId, RoomId};
use chamberlain::ports::{Abilities, ChatAdapter, ChatError, Post, RoomChange, RoomSeen, Sought, Standing};
use tokio::sync::Notify;

use super::gate::{Fate, Gate};

/// A room of the fake.
#[derive(Clone, Debug, Default)]
pub struct FakeRoom {
    pub name: String,
    pub made_by_us: bool,
    pub made_at_intent: i64,
    pub seen: RoomSeen,
    pub messages: Vec<(String, String, Content)>,
    /// The messages that stand in threads, each with its thread's first.
    pub threads: BTreeMap<String, String>,
    pub edits: usize,
    /// Those of its members whom we brought in.
    pub brought: Vec<PersonId>,
}

/// What the fake should do wrong next.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// So many calls are carried out, and their answer is lost.
    pub lose_answers: usize,
    /// A message with these words is posted and its answer lost, once.
    pub lose_answer_to: Option<String>,
    /// Room-making is refused so often.
    pub refuse_rooms: usize,
    /// An archived room is opened by nobody but people.
    pub stays_closed: bool,
    /// Messages with these words are put off, each time.
    pub put_off: Option<String>,
}

#[derive(Default)]
pub struct State {
    pub rooms: BTreeMap<String, FakeRoom>,
    pub faults: Faults,
    pub strangers: Vec<PersonId>,
    pub takes_no_files: bool,
    /// How many messages were put off.
    pub has_put_off: usize,
    next: usize,
}

/// A fake chat called `fake`.
#[derive(Default)]
pub struct FakeChat {
    state: Mutex<State>,
    posted: Notify,
    /// Each call comes by here twice: before it is carried out, and with its answer.
    pub gate: Gate,
}

impl FakeChat {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Waits until something is so after somebody has posted.
    pub async fn until(&self, is_so: impl Fn(&State) -> bool) {
        let seen = async {
            loop {
                let posted = self.posted.notified();
                if is_so(&self.state()) {
                    return;
                }
                posted.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap_or_else(|_| panic!("it is never so"));
    }

    /// A room that somebody else made.
    pub fn with_foreign_room(self, name: &str) -> Self {
        let room = FakeRoom { name: name.into(), ..FakeRoom::default() };
        self.state().rooms.insert(format!("foreign-{name}"), room);
        self
    }

    /// The rooms that we made, by name.
    pub fn our_rooms(&self) -> Vec<String> {
        let state = self.state();
        state.rooms.values().filter(|room| room.made_by_us).map(|room| room.name.clone()).collect()
    }

    /// Somebody leaves by themselves.
    pub fn leaves(&self, room: &str, person: &str) {
        let person = PersonId::new(person);
        self.with_room_named(room, |room| room.seen.members.retain(|member| *member != person));
    }

    /// Somebody comes by themselves.
    pub fn joins(&self, room: &str, person: &str) {
        let person = PersonId::new(person);
        self.with_room_named(room, |room| room.seen.members.push(person));
    }

    /// Looks at a room by its name.
    pub fn with_room_named<T>(&self, name: &str, look: impl FnOnce(&mut FakeRoom) -> T) -> T {
        look(self.state().rooms.values_mut().find(|room| room.name == name).unwrap())
    }

    /// The texts of a room.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.with_room_named(name, |room| room.messages.iter().map(|(.., content)| text::content(content)).collect())
    }

    /// Carries a call out, and answers it.
    async fn call<T>(&self, carry_out: impl FnOnce(&mut State) -> Result<T, ChatError> + Send) -> Result<T, ChatError> {
        self.pass().await?;
        let answer = carry_out(&mut self.state());
        self.pass().await?;
        answer
    }

    async fn pass(&self) -> Result<(), ChatError> {
        match self.gate.pass().await {
            Fate::GoesOn => Ok(()),
            Fate::IsLost => Err(ChatError::Unknown("the line went dead".into())),
        }
    }
}

#[async_trait]
impl ChatAdapter for FakeChat {
    fn abilities(&self) -> Abilities {
        Abilities {
            name: ChatName::new("fake"),
            names: NameLimits { longest: 24 },
            archives: true,
            files: !self.state().takes_no_files,
        }
    }

    async fn post(&self, post: &Post) -> Result<MessageId, ChatError> {
        self.call(|state| {
            self.posted.notify_waiters();
            state.post(post)
        })
        .await
    }

    async fn find(&self, Sought { room, nonce, .. }: Sought<'_>) -> Result<Option<MessageId>, ChatError> {
        self.call(|state| {
            let messages = state.rooms.get(room.local()).into_iter().flat_map(|room| &room.messages);
            Ok(messages.filter(|(_, own, _)| own == nonce).map(|(id, ..)| MessageId::new(id)).next())
        })
        .await
    }

    async fn update(&self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        self.call(|state| state.update(room, message, content)).await
    }

    async fn open_room(&self, intent: &Intent) -> Result<RoomId, ChatError> {
        self.call(|state| state.open_room(intent)).await
    }

    async fn find_room(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError> {
        self.call(|state| {
            let is_ours = |room: &FakeRoom| {
                room.made_by_us && room.name == intent.name && room.made_at_intent >= intent.at.as_millis()
            };
            let found = state.rooms.iter().find(|(_, room)| is_ours(room));
            Ok(found.map(|(id, _)| RoomId::new(&ChatName::new("fake"), id)))
        })
        .await
    }

    async fn look_at(&self, room: &RoomId) -> Result<RoomSeen, ChatError> {
        self.call(|state| {
            let room = state.rooms[room.local()].clone();
            // Nothing else is told of a room in which nobody hears us.
            Ok(match room.seen.standing {
                Standing::Open => RoomSeen { name: Some(room.name), ..room.seen },
                standing => RoomSeen { standing, ..RoomSeen::default() },
            })
        })
        .await
    }

    async fn change_room(&self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError> {
        self.call(|state| state.change_room(room, change)).await
    }
}

impl State {
    fn fresh(&mut self) -> String {
        self.next += 1;
        format!("id{}", self.next)
    }

    /// What was done is done; whether the caller hears of it is another matter.
    fn answer<T>(&mut self, value: T) -> Result<T, ChatError> {
        if self.faults.lose_answers > 0 {
            self.faults.lose_answers -= 1;
            return Err(ChatError::Unknown("the line went dead".into()));
        }
        Ok(value)
    }

    /// A room in which we are heard.
    fn open(&mut self, room: &RoomId) -> Result<&mut FakeRoom, ChatError> {
        let room = self.rooms.get_mut(room.local()).filter(|room| room.seen.standing == Standing::Open);
        room.ok_or_else(|| ChatError::Rejected("nobody hears you there".into()))
    }

    fn post(&mut self, post: &Post) -> Result<MessageId, ChatError> {
        if self.faults.put_off.as_ref().is_some_and(|words| text::content(&post.content).contains(words)) {
            self.has_put_off += 1;
            return Err(ChatError::Busy { after: None });
        }
        let id = self.fresh();
        let room = self.open(&post.room)?;
        room.messages.push((id.clone(), post.nonce.clone(), post.content.clone()));
        if let Some(thread) = &post.thread {
            room.threads.insert(id.clone(), thread.to_string());
        }
        let is_it = |words: &mut String| text::content(&post.content).contains(words.as_str());
        if self.faults.lose_answer_to.take_if(is_it).is_some() {
            return Err(ChatError::Unknown("the line went dead".into()));
        }
        self.answer(MessageId::new(id))
    }

    fn update(&mut self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        let room = self.open(room)?;
        let Some(message) = room.messages.iter_mut().find(|(id, ..)| id == message.as_str()) else {
            return Err(ChatError::Gone);
        };
        room.edits += 1;
        message.2 = content.clone();
        self.answer(())
    }

    fn open_room(&mut self, intent: &Intent) -> Result<RoomId, ChatError> {
        if self.faults.refuse_rooms > 0 {
            self.faults.refuse_rooms -= 1;
            return Err(ChatError::Rejected("the bot may not make rooms".into()));
        }
        if self.rooms.values().any(|room| room.name == intent.name) {
            return Err(ChatError::NameTaken);
        }
        let id = self.fresh();
        let seen = RoomSeen {
            topic: Some(String::new()),
            purpose: Some(String::new()),
            bookmarks: Some(Vec::new()),
            ..RoomSeen::default()
        };
        let room = FakeRoom {
            name: intent.name.clone(),
            made_by_us: true,
            seen,
            made_at_intent: intent.at.as_millis(),
            ..FakeRoom::default()
        };
        self.rooms.insert(id.clone(), room);
        self.answer(RoomId::new(&ChatName::new("fake"), &id))
    }

    fn change_room(&mut self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError> {
        match change {
            RoomChange::Unarchive => return self.unarchive(room),
            // Again is the same as once.
            RoomChange::Archive if self.rooms[room.local()].seen.standing == Standing::Archived => {
                return self.answer(());
            }
            _ => {}
        }
        let strangers = self.strangers.clone();
        let FakeRoom { seen, brought, .. } = self.open(room)?;
        let mut unreached = Vec::new();
        match change {
            RoomChange::Invite(people) => {
                for person in people {
                    if strangers.contains(person) {
                        unreached.push(person.clone());
                    } else if !seen.members.contains(person) {
                        seen.members.push(person.clone());
                        brought.push(person.clone());
                    }
                }
            }
            RoomChange::Remove(person) => seen.members.retain(|member| member != person),
            RoomChange::Pin(message) => seen.pinned = Some(message.clone()),
            RoomChange::Topic(words) => seen.topic = Some(words.clone()),
            RoomChange::Purpose(words) => seen.purpose = Some(words.clone()),
            RoomChange::Bookmark(bookmark) => {
                let bookmarks = seen.bookmarks.get_or_insert_default();
                bookmarks.retain(|one| one.title != bookmark.title);
                bookmarks.push(bookmark.clone());
            }
            RoomChange::Archive => seen.standing = Standing::Archived,
            RoomChange::Unarchive => {}
        }
        if unreached.is_empty() { self.answer(()) } else { Err(ChatError::Unreached(unreached)) }
    }

    fn unarchive(&mut self, room: &RoomId) -> Result<(), ChatError> {
        let stays_closed = self.faults.stays_closed;
        let seen = &mut self.rooms.get_mut(room.local()).unwrap().seen;
        match seen.standing {
            Standing::Archived if stays_closed => {
                return Err(ChatError::Closed("people alone open rooms again".into()));
            }
            Standing::Lost => return Err(ChatError::Rejected("no such room".into())),
            Standing::Archived | Standing::Open => seen.standing = Standing::Open,
        }
        self.answer(())
    }
}
