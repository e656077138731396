//! A whole house for a test, entered by its front door: the HTTP API of the console.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chamberlain::card::model::{Action, Content};
use chamberlain::card::render;
use chamberlain::config::Sources;
use chamberlain::domain::artifact::BranchName;
use chamberlain::domain::component::{Component, ComponentName, RepositoryName};
use chamberlain::domain::person::Person;
use chamberlain::domain::project::Project;
use chamberlain::domain::spec::Addresses;
use chamberlain::domain::{ChatName, PersonId};
use chamberlain::policy::Rules;
use chamberlain::ports::{ChatAdapter, RandomIds};
use chamberlain::runtime::{self, Iterations, Settings, Workshops};
use chamberlain::store::{self, Store, Synchronous, Url};
use chamberlain::web;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::chat::FakeChat;
use super::clock::HandClock;
use super::environment::FakeDriver;
use super::source::FakeSource;

/// A house at work in a folder of its own.
pub struct House {
    pub clock: Arc<HandClock>,
    pub source: Arc<FakeSource>,
    pub driver: Arc<FakeDriver>,
    pub store: Store,
    web: web::State,
    token: String,
    stop: CancellationToken,
    work: JoinHandle<anyhow::Result<()>>,
    ground: Ground,
}

/// What outlives a house: its folder, its clock, the chat that keeps its rooms.
struct Ground {
    folder: tempfile::TempDir,
    clock: Arc<HandClock>,
    chat: Option<Arc<FakeChat>>,
    room_name: String,
    source: Arc<FakeSource>,
    driver: Arc<FakeDriver>,
}

/// A card as the console has it.
pub struct Card {
    pub message: String,
    pub guard: i64,
    pub text: String,
    pub buttons: Vec<String>,
}

fn button(action: &Action) -> Option<String> {
    match action {
        Action::Button { action, .. } => Some(action.clone()),
        Action::Select { .. } => None,
    }
}

fn component(name: &str) -> Component {
    Component {
        name: ComponentName::new(name),
        repository: RepositoryName::new(name),
        default_branch: BranchName::new("main"),
        build: None,
        run: vec!["run".into()],
        user: None,
        health_path: "/health".into(),
        start_limit: Duration::from_secs(5),
        variables: vec![],
    }
}

/// What came of a message.
#[derive(Debug)]
pub struct Heard {
    pub outcome: String,
    pub answers: Vec<String>,
}

impl House {
    /// Opens a house with the sample people: ana may all, bo may develop, cy may look, dee may nothing.
    pub async fn open() -> Self {
        Self::on(Ground::new(None, "{key}")).await
    }

    /// The same, with the rooms of its iterations kept by a chat.
    pub async fn with_chat(chat: Arc<FakeChat>, room_name: &str) -> Self {
        Self::on(Ground::new(Some(chat), room_name)).await
    }

    /// Closes the house and opens it again on the same store.
    pub async fn reopen(self) -> Self {
        let Self { stop, work, ground, .. } = self;
        stop.cancel();
        drop((self.store, self.web));
        work.await.unwrap().unwrap();
        Self::on(ground).await
    }

    /// Takes a message in while nobody works on it: as if the house died right after storing it.
    pub async fn says_while_closed(&self, person: &str, room: &str, text: &str) -> String {
        self.stop.cancel();
        let arrival = chamberlain::event::Arrival {
            source: chamberlain::event::Source::Chat(ChatName::console()),
            dedup_key: text.into(),
            lane: chamberlain::domain::Lane::new(room),
            body: json!({
                "kind": "said", "account": person, "room": room, "message": text, "text": text, "is_for_us": true
            })
            .to_string(),
            talk: None,
        };
        // The loops have their last turns; what comes after them waits for the next start.
        tokio::task::yield_now().await;
        match chamberlain::ports::Intake::arrive(&self.store, arrival).await.unwrap() {
            chamberlain::ports::Arrived::New(event) => event.to_string(),
            chamberlain::ports::Arrived::Seen => panic!("seen before"),
        }
    }

    /// Closes the house and opens it again when time has passed.
    pub async fn reopen_after(self, time: Duration) -> Self {
        self.clock.pass(time);
        self.reopen().await
    }

    async fn on(ground: Ground) -> Self {
        let opened = runtime::open(ground.settings()).await.unwrap();
        let (store, web) = (opened.house().store.clone(), opened.web().clone());
        let token = web.only_token(&PersonId::new("ana")).await.unwrap();
        make_lobby(&store).await;
        let stop = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "the house of a test ends with it")]
        let work = tokio::spawn(opened.run(None, stop.clone()));
        Self {
            clock: ground.clock.clone(),
            source: ground.source.clone(),
            driver: ground.driver.clone(),
            store,
            web,
            token,
            stop,
            work,
            ground,
        }
    }

    /// Waits until nothing is left to do now.
    pub async fn settled(&self) {
        let quiet = async {
            loop {
                let changed = self.store.changed();
                if self.store.count_open().await.unwrap() == 0 {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), quiet).await.unwrap();
    }

    /// Presses a button as a person, and waits for the answers.
    pub async fn presses(&self, person: &str, card: &Card, action: &str) -> Heard {
        self.chooses(person, card, (action, None)).await
    }

    /// Chooses on a card as a person, and waits for the answers.
    pub async fn chooses(&self, person: &str, card: &Card, (action, value): (&str, Option<&str>)) -> Heard {
        let body = json!({
            "message": card.message, "action": action, "value": value, "guard": card.guard, "as": person
        });
        let (_, pressed) = self.post("/api/v1/presses", &body).await;
        let event = pressed["event"].as_str().unwrap_or_else(|| panic!("not taken in: {pressed}")).to_owned();
        self.answers_to(&event).await
    }

    /// The cards of a room of the console, oldest first.
    pub async fn cards_in(&self, room: &str) -> Vec<Card> {
        let mut reader = self.store.reader().await.unwrap();
        let posted = store::console::latest(&mut reader, room, &PersonId::new("ana"), 500).await.unwrap();
        let card = |posted: store::console::Posted| match posted.message.body {
            Content::Text(_) => None,
            Content::Card(card) => Some(Card {
                message: posted.message.id,
                guard: card.guard,
                text: render::text::content(&Content::Card(card.clone())),
                buttons: card.actions.iter().filter_map(button).collect(),
            }),
        };
        posted.into_iter().filter_map(card).collect()
    }

    /// Says something as a person, and waits for the answers.
    pub async fn says(&self, person: &str, room: &str, text: &str) -> Heard {
        let (_, said) = self.post("/api/v1/messages", &json!({ "room": room, "text": text, "as": person })).await;
        let event = said["event"].as_str().unwrap_or_else(|| panic!("not taken in: {said}")).to_owned();
        self.answers_to(&event).await
    }

    /// Waits for what comes of an event.
    pub async fn answers_to(&self, event: &str) -> Heard {
        let (_, heard) = self.get(&format!("/api/v1/events/{event}?wait=20")).await;
        let answers = heard["answers"].as_array().unwrap_or_else(|| panic!("no answers: {heard}"));
        Heard {
            outcome: heard["outcome"].as_str().unwrap().to_owned(),
            answers: answers.iter().map(|answer| answer.as_str().unwrap().to_owned()).collect(),
        }
    }

    /// The texts of a room, as ana reads them.
    pub async fn texts_in(&self, room: &str) -> Vec<String> {
        let (_, messages) = self.get(&format!("/api/v1/rooms/{room}/messages?most=500")).await;
        messages.as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn send(&self, mut request: Request<Body>) -> (StatusCode, Value) {
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        request.headers_mut().insert(header::HOST, "chamberlain.localhost:7420".parse().unwrap());
        let response = self.request(request).await;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// Sends a request to the web's router.
    pub async fn request(&self, request: Request<Body>) -> axum::response::Response {
        web::router(self.web.clone()).oneshot(request).await.unwrap()
    }

    /// A link that logs ana in.
    pub async fn login_link(&self) -> String {
        self.web.login_link(&PersonId::new("ana")).await.unwrap()
    }

    /// The last audit line: who, command, outcome.
    pub async fn last_audit(&self) -> (String, Option<String>, String) {
        let mut reader = self.store.reader().await.unwrap();
        let line = store::audit::latest(&mut reader, 1).await.unwrap().remove(0);
        (line.actor, line.command, line.outcome)
    }
}

async fn make_lobby(store: &Store) {
    let room = store::console::Room { id: "lobby".into(), name: "lobby".into(), topic: String::new() };
    let now = store.clock().now();
    store.write(move |tx| Box::pin(async move { store::console::ensure_room(tx, &room, now).await })).await.unwrap();
}

impl Ground {
    fn new(chat: Option<Arc<FakeChat>>, room_name: &str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::default(),
            chat,
            room_name: room_name.into(),
            source: Arc::default(),
            driver: Arc::default(),
        }
    }

    fn settings(&self) -> Settings {
        let chat = self.chat.clone().map(|chat| -> Arc<dyn ChatAdapter> { chat });
        Settings {
            url: Url::Sqlite(self.folder.path().join("chamberlain.db")),
            synchronous: Synchronous::Normal,
            rules: sample_rules(),
            skills: chamberlain::skills::host::load(Path::new("/nowhere"), chamberlain::skills::NATIVE).0,
            project: Project {
                name: "product".into(),
                class: "test".into(),
                components: vec![component("api"), component("web")],
                addresses: Addresses { port: 7420 },
            },
            workshops: Workshops {
                source: self.source.clone(),
                driver: self.driver.clone(),
                routes: self.driver.clone(),
                ended: mpsc::unbounded_channel().1,
            },
            iterations: Iterations {
                chat: chat.as_ref().map_or_else(ChatName::console, |chat| chat.abilities().name),
                room_name: self.room_name.clone(),
            },
            web: web::Settings {
                host: "chamberlain.localhost".into(),
                listen: "127.0.0.1:7420".parse().unwrap(),
                may_act_as_others: true,
            },
            clock: self.clock.clone(),
            ids: Arc::new(RandomIds),
            chats: chat.into_iter().collect(),
        }
    }
}

/// The people and rights that the dev profile brings, and Dee, who has no role.
fn sample_rules() -> Rules {
    let environment = vec![("CHAMBERLAIN__PROFILE".to_owned(), "dev".to_owned())];
    let config = chamberlain::config::load(Sources { file: None, environment }).unwrap();
    let mut rules = Settings::rules_of(&config);
    let dee = PersonId::new("dee");
    let person = Person { id: dee.clone(), name: "Dee".into(), groups: vec![], email: None, accounts: [].into() };
    rules.people.insert(dee, person);
    for person in rules.people.values_mut() {
        person.accounts.insert(ChatName::new("fake"), person.id.to_string());
    }
    rules
}
