//! The chat: a process apart from the bot, with a truth of its own. It carries calls out and loses answers, refuses
//! taken names, makes the same thing twice when it is asked twice, and tells what was said until that is acknowledged.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chamberlain::card::model::Content;
use chamberlain::domain::PersonId;
use chamberlain::event::chat::neutral::Payload;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::faults::{self, Fault};
use crate::remote_chat::{Answer, Call, Said};

/// A message of the bot's.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) nonce: String,
    pub(crate) content: Content,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    pub(crate) name: String,
    /// The bot's clock when it said that it would make it; none when somebody else made it.
    pub(crate) made_at: Option<i64>,
    pub(crate) members: Vec<PersonId>,
    pub(crate) pinned: Option<String>,
    pub(crate) messages: Vec<Message>,
}

/// The chat's own truth.
pub(crate) struct State {
    pub(crate) rooms: BTreeMap<String, Room>,
    pub(crate) said: Vec<(Said, bool)>,
    pub(crate) lost: usize,
    next: usize,
    rng: StdRng,
}

/// The chat.
pub(crate) struct Chat {
    state: Arc<Both>,
    pub(crate) address: String,
    _serving: JoinSet<()>,
}

struct Both {
    state: Mutex<State>,
    spoken: Notify,
    acknowledged: Notify,
}

impl Chat {
    pub(crate) async fn open(seed: u64) -> Self {
        let rooms = BTreeMap::from([("lobby".to_owned(), Room { name: "lobby".into(), ..Room::default() })]);
        let rng = StdRng::seed_from_u64(seed);
        let state = Mutex::new(State { rooms, said: Vec::new(), lost: 0, next: 0, rng });
        let state = Arc::new(Both { state, spoken: Notify::new(), acknowledged: Notify::new() });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(answer)).with_state(state.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { state, address, _serving: serving }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.state.lock().unwrap()
    }

    /// Somebody says something to the bot; gives the key it is redelivered under.
    pub(crate) fn say(&self, account: &str, room: &str, text: &str) -> String {
        let mut state = self.state();
        let message = state.fresh();
        let key = format!("said-{message}");
        let (account, room, text) = (account.to_owned(), room.to_owned(), text.to_owned());
        let said = Payload::Said {
            account,
            acting_as: None,
            room: room.clone(),
            message,
            thread: None,
            text,
            is_for_us: true,
        };
        let body = serde_json::to_string(&said).unwrap();
        state.said.push((Said { key: key.clone(), room, body }, false));
        drop(state);
        self.state.spoken.notify_waiters();
        key
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.state().said.iter().all(|(_, is_acknowledged)| *is_acknowledged)
    }

    /// Resolves after the next acknowledgement.
    pub(crate) async fn acknowledged(&self) {
        self.state.acknowledged.notified().await;
    }
}

async fn answer(Shared(both): Shared<Arc<Both>>, Json(call): Json<Call>) -> Response {
    if matches!(call, Call::Fetch) {
        return Json(fetched(&both).await).into_response();
    }
    let (answer, fault) = {
        let mut state = both.state.lock().unwrap();
        let fault = Fault::draw(&mut state.rng);
        state.lost += usize::from(fault.is_lost);
        // A lost acknowledgement was not heard: the message comes again.
        match call {
            Call::Acknowledge { .. } if fault.is_lost => (Answer::Done, fault),
            Call::Acknowledge { .. } => {
                both.acknowledged.notify_one();
                (state.carry_out(call), fault)
            }
            call => (state.carry_out(call), fault),
        }
    };
    tokio::time::sleep(fault.wait).await;
    if fault.is_lost { faults::lost() } else { Json(answer).into_response() }
}

/// What was not acknowledged yet, and sometimes something that was.
async fn fetched(both: &Both) -> Answer {
    loop {
        let spoken = both.spoken.notified();
        {
            let mut state = both.state.lock().unwrap();
            let again = state.rng.random_ratio(1, 4);
            let mut open: Vec<Said> =
                state.said.iter().filter(|(_, is_done)| !is_done).map(|(said, _)| said.clone()).collect();
            if !open.is_empty() {
                open.extend(state.said.first().filter(|_| again).map(|(said, _)| said.clone()));
                return Answer::Fetched(open);
            }
        }
        spoken.await;
    }
}

impl State {
    fn fresh(&mut self) -> String {
        self.next += 1;
        format!("c{}", self.next)
    }

    fn carry_out(&mut self, call: Call) -> Answer {
        match call {
            Call::OpenRoom { name, at } => self.open_room(name, at),
            Call::FindRoom { name, at } => {
                let is_it = |room: &Room| room.name == name && room.made_at.is_some_and(|made| made >= at);
                Answer::Found(self.rooms.iter().find(|(_, room)| is_it(room)).map(|(id, _)| id.clone()))
            }
            Call::Acknowledge { key } => {
                self.said.iter_mut().filter(|(said, _)| said.key == key).for_each(|(_, is_done)| *is_done = true);
                Answer::Done
            }
            Call::Fetch => Answer::Done,
            Call::Post { ref room, .. }
            | Call::Find { ref room, .. }
            | Call::Update { ref room, .. }
            | Call::LookAt { ref room }
            | Call::Invite { ref room, .. }
            | Call::Remove { ref room, .. }
            | Call::Pin { ref room, .. } => {
                let id = self.fresh();
                match self.rooms.get_mut(room) {
                    Some(room) => room.carry_out(call, id),
                    None => Answer::Rejected(format!("there is no room {room}")),
                }
            }
        }
    }

    fn open_room(&mut self, name: String, at: i64) -> Answer {
        if self.rooms.values().any(|room| room.name == name) {
            return Answer::NameTaken;
        }
        let id = self.fresh();
        self.rooms.insert(id.clone(), Room { name, made_at: Some(at), ..Room::default() });
        Answer::Found(Some(id))
    }

    /// Somebody else makes a room.
    pub(crate) fn take_name(&mut self, name: &str) {
        let id = self.fresh();
        self.rooms.insert(id, Room { name: name.into(), ..Room::default() });
    }
}

impl Room {
    fn carry_out(&mut self, call: Call, id: String) -> Answer {
        match call {
            Call::Post { nonce, content, .. } => {
                self.messages.push(Message { id: id.clone(), nonce, content });
                return Answer::Found(Some(id));
            }
            Call::Find { nonce, .. } => {
                let found = self.messages.iter().find(|message| message.nonce == nonce);
                return Answer::Found(found.map(|message| message.id.clone()));
            }
            Call::Update { message, content, .. } => {
                let Some(known) = self.messages.iter_mut().find(|known| known.id == message) else {
                    return Answer::Rejected("there is no such message".into());
                };
                known.content = content;
            }
            Call::LookAt { .. } => {
                return Answer::Seen { members: self.members.clone(), pinned: self.pinned.clone() };
            }
            Call::Invite { people, .. } => {
                self.members
                    .extend(people.into_iter().filter(|person| !self.members.contains(person)).collect::<Vec<_>>());
            }
            Call::Remove { person, .. } => self.members.retain(|member| *member != person),
            Call::Pin { message, .. } => self.pinned = Some(message),
            Call::OpenRoom { .. } | Call::FindRoom { .. } | Call::Acknowledge { .. } | Call::Fetch => {}
        }
        Answer::Done
    }
}
