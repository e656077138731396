//! The chat: a process apart from the bots, with a truth of its own. It carries calls out and loses answers, refuses
//! taken names, makes the same thing twice when it is asked twice, and tells what was said until that is acknowledged: to
//! one bot, and to another when that one does not acknowledge it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chamberlain::card::model::{Action, Content};
use chamberlain::domain::PersonId;
use chamberlain::domain::card::CardId;
use chamberlain::event::chat::neutral::Payload;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::lost::{self, Fault};
use crate::remote_chat::{Answer, Call, Said};

/// How long an acknowledgement is waited for before another bot is told.
const AGAIN: Duration = Duration::from_secs(2);

/// How the keys of presses begin.
pub(crate) const PRESSED: &str = "pressed-";

/// What is pressed on a deployment's card.
const ON_RUNS: [&str; 4] = ["cancel", "rollback", "finish", "details"];

/// A message of the bot's.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) nonce: String,
    pub(crate) content: Content,
    pub(crate) is_in_thread: bool,
    at: Instant,
}

impl Message {
    /// The buttons of a deployment's card, each with all that a press of it names.
    fn buttons(&self) -> Option<Vec<(String, CardId, i64, String)>> {
        let Content::Card(card) = &self.content else { return None };
        let pressed = |action: &Action| match action {
            Action::Button { action, .. } if ON_RUNS.contains(&action.as_str()) => Some(action.clone()),
            _ => None,
        };
        let buttons = card.actions.iter().filter_map(pressed);
        Some(buttons.map(|action| (self.id.clone(), card.id.clone(), card.guard, action)).collect())
    }

    /// Whether it is the card of this id.
    pub(crate) fn is_card(&self, id: &str) -> bool {
        matches!(&self.content, Content::Card(card) if card.id.as_str() == id)
    }
}

/// Something that was said, until it is acknowledged.
struct Spoken {
    said: Said,
    is_heard: bool,
    /// Which bot was told of it last, and when.
    told: Option<(String, Instant)>,
}

impl Spoken {
    /// Whether this bot is to be told now.
    fn is_for(&self, bot: &str) -> bool {
        !self.is_heard && self.told.as_ref().is_none_or(|(told, at)| told == bot || at.elapsed() > AGAIN)
    }
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
    /// How many answers were lost.
    pub(crate) lost: usize,
    said: Vec<Spoken>,
    next: usize,
    rng: StdRng,
}

/// The chat.
pub(crate) struct Chat {
    state: Arc<Both>,
    pub(crate) port: u16,
    _serving: JoinSet<()>,
}

struct Both {
    state: Mutex<State>,
    spoken: Notify,
    acknowledged: Notify,
    posted: Notify,
}

impl Chat {
    pub(crate) async fn open(seed: u64) -> Self {
        let rooms = BTreeMap::from([("lobby".to_owned(), Room { name: "lobby".into(), ..Room::default() })]);
        let rng = StdRng::seed_from_u64(seed);
        let state = Mutex::new(State { rooms, said: Vec::new(), lost: 0, next: 0, rng });
        let bells = (Notify::new(), Notify::new(), Notify::new());
        let state = Arc::new(Both { state, spoken: bells.0, acknowledged: bells.1, posted: bells.2 });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().route("/", post(answer)).with_state(state.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { state, port, _serving: serving }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.state.lock().unwrap()
    }

    /// Somebody says something to the bots; gives the key it is redelivered under.
    pub(crate) fn say(&self, account: &str, room: &str, text: &str) -> String {
        self.say_to(None, (account, room), text)
    }

    /// The same; this bot is told of it first.
    pub(crate) fn say_to(&self, bot: Option<&str>, (account, room): (&str, &str), text: &str) -> String {
        let message = self.state().fresh();
        let key = format!("said-{message}");
        let said = Payload::Said {
            account: account.to_owned(),
            acting_as: None,
            room: room.to_owned(),
            message,
            thread: None,
            text: text.to_owned(),
            is_for_us: true,
        };
        self.tell(bot, (key, room), &said)
    }

    /// Somebody presses a button of a card, as they see it; gives the key that it is redelivered under. None where no
    /// card has one.
    pub(crate) fn press(&self, account: &str, room: &str, rng: &mut StdRng) -> Option<String> {
        let mut state = self.state();
        let posted = state.rooms.get(room)?.messages.iter();
        let buttons: Vec<_> = posted.filter_map(Message::buttons).flatten().collect();
        if buttons.is_empty() {
            return None;
        }
        let (message, card, guard, action) = buttons[rng.random_range(0..buttons.len())].clone();
        let key = format!("{PRESSED}{}", state.fresh());
        drop(state);
        let pressed = Payload::Pressed {
            account: account.to_owned(),
            acting_as: None,
            room: room.to_owned(),
            message,
            card,
            action,
            value: None,
            guard,
        };
        Some(self.tell(None, (key, room), &pressed))
    }

    fn tell(&self, bot: Option<&str>, (key, room): (String, &str), payload: &Payload) -> String {
        let said = Said { key: key.clone(), room: room.to_owned(), body: serde_json::to_string(payload).unwrap() };
        let told = bot.map(|bot| (bot.to_owned(), Instant::now()));
        self.state().said.push(Spoken { said, is_heard: false, told });
        self.state.spoken.notify_waiters();
        key
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.state().said.iter().all(|spoken| spoken.is_heard)
    }

    /// When the first message with this word in it was posted; waits for it.
    pub(crate) async fn posted(&self, word: &str) -> Instant {
        loop {
            let posted = self.state.posted.notified();
            tokio::pin!(posted);
            posted.as_mut().enable();
            if let Some(at) = self.state().posted(word) {
                return at;
            }
            posted.await;
        }
    }

    /// Resolves after the next acknowledgement.
    pub(crate) async fn acknowledged(&self) {
        self.state.acknowledged.notified().await;
    }
}

async fn answer(Shared(both): Shared<Arc<Both>>, Json(call): Json<Call>) -> Response {
    if let Call::Fetch { by } = call {
        return Json(fetched(&both, &by).await).into_response();
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
    both.posted.notify_waiters();
    tokio::time::sleep(fault.wait).await;
    if fault.is_lost { lost::lost() } else { Json(answer).into_response() }
}

/// What was not acknowledged yet and is this bot's to hear, and sometimes something that was.
async fn fetched(both: &Both, by: &str) -> Answer {
    loop {
        let spoken = both.spoken.notified();
        tokio::pin!(spoken);
        spoken.as_mut().enable();
        {
            let mut state = both.state.lock().unwrap();
            let again = state.rng.random_ratio(1, 4);
            let first = state.said.first().map(|first| first.said.clone()).filter(|_| again);
            let mut open: Vec<Said> = state.tell(by).collect();
            if !open.is_empty() {
                open.extend(first);
                return Answer::Fetched(open);
            }
        }
        // What another bot was told and does not acknowledge is this one's after a while.
        tokio::time::timeout(AGAIN, spoken).await.ok();
    }
}

impl State {
    /// Tells a bot what it is to hear.
    fn tell(&mut self, bot: &str) -> impl Iterator<Item = Said> {
        self.said.iter_mut().filter(|spoken| spoken.is_for(bot)).map(|spoken| {
            spoken.told = Some((bot.to_owned(), Instant::now()));
            spoken.said.clone()
        })
    }

    fn posted(&self, word: &str) -> Option<Instant> {
        let messages = self.rooms.values().flat_map(|room| &room.messages);
        let has_it = |message: &&Message| serde_json::to_string(&message.content).unwrap().contains(word);
        messages.filter(has_it).map(|message| message.at).min()
    }

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
                self.said.iter_mut().filter(|spoken| spoken.said.key == key).for_each(|spoken| spoken.is_heard = true);
                Answer::Done
            }
            Call::Fetch { .. } => Answer::Done,
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
            Call::Post { nonce, content, is_in_thread, .. } => {
                self.messages.push(Message { id: id.clone(), nonce, content, is_in_thread, at: Instant::now() });
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
            Call::OpenRoom { .. } | Call::FindRoom { .. } | Call::Acknowledge { .. } | Call::Fetch { .. } => {}
        }
        Answer::Done
    }
}
