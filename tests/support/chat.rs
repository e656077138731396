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

    fn fresh(state: &mut State) -> String {
        state.next += 1;
        format!("id{}", state.next)
    }

    /// What was done is done; whether the caller hears of it is another matter.
    fn answer<T>(state: &mut State, value: T) -> Result<T, ChatError> {
        if state.faults.lose_answers > 0 {
            state.faults.lose_answers -= 1;
            return Err(ChatError::Unknown("the line went dead".into()));
        }
        Ok(value)
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
        let mut state = self.state();
        self.posted.notify_waiters();
        if state.faults.put_off.as_ref().is_some_and(|words| text::content(&post.content).contains(words)) {
            state.has_put_off += 1;
            return Err(ChatError::Busy { after: None });
        }
        let id = Self::fresh(&mut state);
        let Some(room) = state.rooms.get_mut(post.room.local()) else {
            return Err(ChatError::Rejected("no such room".into()));
        };
        if room.seen.standing != Standing::Open {
            return Err(ChatError::Rejected("nobody hears you there".into()));
        }
        room.messages.push((id.clone(), post.nonce.clone(), post.content.clone()));
        if let Some(thread) = &post.thread {
            room.threads.insert(id.clone(), thread.to_string());
        }
        let is_it = |words: &mut String| text::content(&post.content).contains(words.as_str());
        if state.faults.lose_answer_to.take_if(is_it).is_some() {
            return Err(ChatError::Unknown("the line went dead".into()));
        }
        Self::answer(&mut state, MessageId::new(id))
    }

    async fn find(&self, Sought { room, nonce, .. }: Sought<'_>) -> Result<Option<MessageId>, ChatError> {
        let state = self.state();
        let messages = state.rooms.get(room.local()).into_iter().flat_map(|room| &room.messages);
        Ok(messages.filter(|(_, own, _)| own == nonce).map(|(id, ..)| MessageId::new(id)).next())
    }

    async fn update(&self, room: &RoomId, message: &MessageId, content: &Content) -> Result<(), ChatError> {
        let mut state = self.state();
        let room = state.rooms.get_mut(room.local()).unwrap();
        let Some(message) = room.messages.iter_mut().find(|(id, ..)| id == message.as_str()) else {
            return Err(ChatError::Gone);
        };
        room.edits += 1;
        message.2 = content.clone();
        Self::answer(&mut state, ())
    }

    async fn open_room(&self, intent: &Intent) -> Result<RoomId, ChatError> {
        let mut state = self.state();
        if state.faults.refuse_rooms > 0 {
            state.faults.refuse_rooms -= 1;
            return Err(ChatError::Rejected("the bot may not make rooms".into()));
        }
        if state.rooms.values().any(|room| room.name == intent.name) {
            return Err(ChatError::NameTaken);
        }
        let id = Self::fresh(&mut state);
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
        state.rooms.insert(id.clone(), room);
        Self::answer(&mut state, RoomId::new(&ChatName::new("fake"), &id))
    }

    async fn find_room(&self, intent: &Intent) -> Result<Option<RoomId>, ChatError> {
        let state = self.state();
        let is_ours = |room: &FakeRoom| {
            room.made_by_us && room.name == intent.name && room.made_at_intent >= intent.at.as_millis()
        };
        let found = state.rooms.iter().find(|(_, room)| is_ours(room));
        Ok(found.map(|(id, _)| RoomId::new(&ChatName::new("fake"), id)))
    }

    async fn look_at(&self, room: &RoomId) -> Result<RoomSeen, ChatError> {
        let room = self.state().rooms[room.local()].clone();
        Ok(RoomSeen { name: Some(room.name), ..room.seen })
    }

    async fn change_room(&self, room: &RoomId, change: &RoomChange) -> Result<(), ChatError> {
        let mut state = self.state();
        let strangers = state.strangers.clone();
        let stays_closed = state.faults.stays_closed;
        let seen = &mut state.rooms.get_mut(room.local()).unwrap().seen;
        let mut unreached = Vec::new();
        match change {
            RoomChange::Invite(people) => {
                for person in people {
                    if strangers.contains(person) {
                        unreached.push(person.clone());
                    } else if !seen.members.contains(person) {
                        seen.members.push(person.clone());
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
            RoomChange::Unarchive if stays_closed && seen.standing == Standing::Archived => {
                return Err(ChatError::Closed("people alone open rooms again".into()));
            }
            RoomChange::Unarchive => seen.standing = Standing::Open,
        }
        if unreached.is_empty() { Self::answer(&mut state, ()) } else { Err(ChatError::Unreached(unreached)) }
    }
}
