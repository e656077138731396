//! A whole house for a test, entered by its front door: the HTTP API of the console.

use std::net::SocketAddr;
use std::num::NonZeroU32;
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
use chamberlain::domain::iteration::IterationKey;
use chamberlain::domain::person::Person;
use chamberlain::domain::project::{Project, Repository};
use chamberlain::domain::spec::{Addresses, EnvironmentName};
use chamberlain::domain::touch::TouchKey;
use chamberlain::domain::{ChatName, PersonId, RoomId};
use chamberlain::policy::Rules;
use chamberlain::ports::{Arrived, ChatAdapter, Desk, Intake, RandomIds};
use chamberlain::reactions::{AfterFailure, Updates};
use chamberlain::runtime::{self, Iterations, Settings, Upkeep, Workshops};
use chamberlain::store::{self, Home, Store, StoreError, Synchronous, Url};
use chamberlain::web;
use serde_json::{Value, json};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::chat::FakeChat;
use super::clock::HandClock;
use super::environment::FakeDriver;
use super::source::FakeSource;

/// What every component of a test is given and nobody may ever read.
pub const SECRET: &str = "correct-horse-battery";

/// A house at work in a folder of its own.
pub struct House {
    pub clock: Arc<HandClock>,
    pub source: Arc<FakeSource>,
    pub driver: Arc<FakeDriver>,
    pub store: Store,
    pub desk: Arc<dyn Desk>,
    web: web::State,
    token: String,
    stop: CancellationToken,
    work: JoinHandle<anyhow::Result<()>>,
    ground: Ground,
}

/// What outlives a house: its folder, its clock, the chat that keeps its rooms.
struct Ground {
    folder: tempfile::TempDir,
    /// The server's database that it shares with others; else it has one to itself.
    database: Option<String>,
    clock: Arc<HandClock>,
    chat: Option<Arc<FakeChat>>,
    room_name: String,
    source: Arc<FakeSource>,
    driver: Arc<FakeDriver>,
    after_failure: AfterFailure,
    /// Whether it is a laptop's: ana may act as others there.
    is_dev: bool,
    product: Product,
    /// The class of its environments.
    class: String,
    hook_key: web::HookKey,
    keep_audit: Option<Duration>,
    limits: web::Limits,
    /// Where the console is found, as its pages name it.
    public: SocketAddr,
    /// Where it listens, when it does.
    door: Option<SocketAddr>,
}

/// A machine that is switched off.
pub struct SwitchedOff(Ground);

impl SwitchedOff {
    /// It is switched on again.
    pub async fn on(self) -> House {
        House::on(self.0).await
    }
}

/// A repository of the product: its name, its aliases, and the components it gives.
pub type Product = &'static [(&'static str, &'static [&'static str], &'static [&'static str])];

const PRODUCT: Product = &[("api", &[], &["api"]), ("web", &[], &["web"])];

/// A card as the console has it.
pub struct Card {
    pub message: String,
    pub guard: i64,
    pub text: String,
    pub buttons: Vec<String>,
    /// The buttons that ask before they are pressed, and what.
    pub asks: Vec<(String, String)>,
}

fn button(action: &Action) -> Option<String> {
    match action {
        Action::Button { action, .. } => Some(action.clone()),
        Action::Select { .. } | Action::Form { .. } => None,
    }
}

fn asks(action: &Action) -> Option<(String, String)> {
    let Action::Button { action, asks: Some(asks), .. } = action else { return None };
    Some((action.clone(), format!("{} {}", asks.title, asks.text.to_plain())))
}

fn repository((name, aliases, _): &(&str, &[&str], &[&str])) -> Repository {
    Repository {
        name: RepositoryName::new(*name),
        aliases: aliases.iter().map(ToString::to_string).collect(),
        page: Some(format!("https://git.example/{name}")),
    }
}

fn component((name, repository): (&str, &str)) -> Component {
    Component {
        name: ComponentName::new(name),
        repository: RepositoryName::new(repository),
        default_branch: BranchName::new("main"),
        build: None,
        run: vec!["run".into()],
        user: None,
        health_path: "/health".into(),
        start_limit: Duration::from_secs(5),
        variables: vec![("PASSWORD".into(), SECRET.into())],
    }
}

fn of_each(product: Product) -> impl Iterator<Item = (&'static str, &'static str)> {
    product.iter().flat_map(|(repository, _, components)| components.iter().map(|component| (*component, *repository)))
}

/// What came of a message.
#[derive(Debug)]
pub struct Heard {
    pub outcome: String,
    pub answers: Vec<String>,
}

impl House {
    /// A house where `sprint-42` runs `api@a1 web@w1` as revision 1.
    pub async fn with_revision_1() -> Self {
        Self::open().await.bring_up().await
    }

    /// Starts `sprint-42`, and brings `api@a1 web@w1` up there as revision 1.
    pub async fn bring_up(self) -> Self {
        self.says("ana", "#lobby", "iteration start Sprint 42").await;
        self.settled().await;
        self.says("bo", "#sprint-42", "deploy api web").await;
        self.settled().await;
        self
    }

    /// The same, where an update that failed is left as it is.
    pub async fn leaving_failures() -> Self {
        Self::on(Ground { after_failure: AfterFailure::Stay, ..Ground::new(None, "{key}") }).await
    }

    /// The same, with environments of this class.
    pub async fn of_class(class: &str) -> Self {
        Self::on(Ground { class: class.into(), ..Ground::new(None, "{key}") }).await
    }

    /// Opens a house with the sample people: ana may all, bo may develop, cy may look, dee may nothing.
    pub async fn open() -> Self {
        Self::on(Ground::new(None, "{key}")).await
    }

    /// The same, with a listener that browsers reach.
    pub async fn served() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().unwrap();
        Self::at(Ground { public: door, door: Some(door), ..Ground::new(None, "{key}") }, Some(listener)).await
    }

    /// The same, where nobody may take more than this.
    pub async fn served_within(limits: web::Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().unwrap();
        Self::at(Ground { public: door, door: Some(door), limits, ..Ground::new(None, "{key}") }, Some(listener)).await
    }

    /// The same, found at `public`, from where something leads to its own [address](Self::address).
    pub async fn served_behind(public: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().ok();
        Self::at(Ground { public, door, ..Ground::new(None, "{key}") }, Some(listener)).await
    }

    /// The same, outside the dev profile.
    pub async fn in_earnest() -> Self {
        Self::on(Ground { is_dev: false, ..Ground::new(None, "{key}") }).await
    }

    /// The same, where lines of the audit are kept for so long.
    pub async fn keeping_audit(keep: Duration) -> Self {
        Self::on(Ground { keep_audit: Some(keep), ..Ground::new(None, "{key}") }).await
    }

    /// A house in which ana has started an iteration, whose room `sprint-42` is open.
    pub async fn with_sprint_42(self) -> Self {
        self.says("ana", "#lobby", "iteration start Sprint 42").await;
        self.settled().await;
        self
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.ground.door.unwrap()
    }

    /// What scripts of ana's send.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The console's address in a browser, without a slash at its end.
    pub fn origin(&self) -> String {
        self.web.origin()
    }

    /// The same, with the rooms of its iterations kept by a chat.
    pub async fn with_chat(chat: Arc<FakeChat>, room_name: &str) -> Self {
        Self::on(Ground::new(Some(chat), room_name)).await
    }

    /// The same, with a product of its own: each of its repositories has the branch `main`.
    pub async fn with_product(product: Product) -> Self {
        let ground = Ground { product, ..Ground::new(None, "{key}") };
        for (repository, _, components) in product {
            ground.source.commit(repository, "main", &format!("{repository}-1"));
            components.iter().for_each(|component| ground.source.gives(repository, component));
        }
        Self::on(ground).await
    }

    /// A machine of its own, at work on a database that it shares with others.
    pub async fn sharing(database: &str) -> Self {
        Self::on(Ground { database: Some(database.into()), ..Ground::new(None, "{key}") }).await
    }

    /// Its machine is switched off.
    pub async fn switch_off(self) -> SwitchedOff {
        let Self { stop, work, ground, .. } = self;
        stop.cancel();
        drop((self.store, self.desk, self.web));
        work.await.unwrap().unwrap();
        SwitchedOff(ground)
    }

    /// Closes the house and opens it again on the same store.
    pub async fn reopen(self) -> Self {
        let SwitchedOff(ground) = self.switch_off().await;
        let listener = match ground.door {
            Some(door) => Some(TcpListener::bind(door).await.unwrap()),
            None => None,
        };
        Self::at(ground, listener).await
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
            trace: None,
        };
        // The loops have their last turns; what comes after them waits for the next start.
        tokio::task::yield_now().await;
        match Intake::arrive(&self.store, arrival).await.unwrap() {
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
        Self::at(ground, None).await
    }

    /// Is killed in the middle of whatever it does, and started again on the same store.
    pub async fn die(self) -> Self {
        let Self { work, ground, .. } = self;
        work.abort();
        drop((self.store, self.desk, self.web, work.await));
        Self::at(ground, None).await
    }

    /// Takes in what somebody said in a chat, however often the chat tells of it; nothing is waited for.
    pub async fn hears(&self, chat: &ChatName, (person, room): (&str, &str), (message, text): (&str, &str)) -> Arrived {
        let body = json!({
            "kind": "said", "account": person, "room": room, "message": message, "text": text, "is_for_us": true
        });
        let arrival = chamberlain::event::Arrival {
            source: chamberlain::event::Source::Chat(chat.clone()),
            dedup_key: message.into(),
            lane: chamberlain::domain::Lane::new(format!("{chat}:{room}")),
            body: body.to_string(),
            talk: None,
            trace: None,
        };
        Intake::arrive(&self.store, arrival).await.unwrap()
    }

    async fn at(ground: Ground, listener: Option<TcpListener>) -> Self {
        let opened = ground.open().await;
        let (store, web) = (opened.house().store.clone(), opened.web().clone());
        let desk: Arc<dyn Desk> = Arc::new(opened.house().clone());
        let token = web.token(&PersonId::new("ana"), None).await.unwrap();
        make_lobby(&store).await;
        let stop = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "the house of a test ends with it")]
        let work = tokio::spawn(opened.run(listener, stop.clone()));
        Self {
            clock: ground.clock.clone(),
            source: ground.source.clone(),
            driver: ground.driver.clone(),
            store,
            desk,
            web,
            token,
            stop,
            work,
            ground,
        }
    }

    /// Every byte of the store's files.
    pub fn all_that_is_kept(&self) -> String {
        let files = std::fs::read_dir(self.ground.folder.path()).unwrap();
        files.map(|file| String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned()).collect()
    }

    /// Changes a row behind the store's back.
    pub async fn past_the_store(&self, sql: &'static str) {
        let options = SqliteConnectOptions::new().filename(self.ground.folder.path().join("chamberlain.db"));
        sqlx::query(sql).execute(&mut options.connect().await.unwrap()).await.unwrap();
    }

    /// Lets time pass, and waits for what comes of it.
    pub async fn pass(&self, time: Duration) {
        self.clock.pass(time);
        self.settled().await;
    }

    /// Lets as much time pass as it takes to find new commits and let them settle.
    pub async fn find_commits(&self) {
        self.pass(Duration::from_mins(1)).await;
        self.pass(Duration::from_secs(3)).await;
    }

    /// Has an environment looked at, as a hint from outside does.
    pub async fn look_at(&self, environment: &str) {
        let key = TouchKey::Environment(EnvironmentName::new(environment));
        Intake::touch(&self.store, key).await.unwrap();
        self.settled().await;
    }

    /// Has an iteration's room looked at, as a hint of its chat does.
    pub async fn look_at_room(&self, iteration: &str) {
        let keys = [TouchKey::Room, TouchKey::Members].map(|key| key(IterationKey::new(iteration)));
        for key in keys {
            Intake::touch(&self.store, key).await.unwrap();
        }
        self.settled().await;
    }

    /// Has a room that an iteration has left looked at, as a hint of its chat does.
    pub async fn look_at_former(&self, room: &str) {
        Intake::touch(&self.store, TouchKey::Former(RoomId::parse(room).unwrap())).await.unwrap();
        self.settled().await;
    }

    /// Hints at newer commits, as a push hook does.
    pub async fn hint_at(&self, repository: &str) {
        Intake::touch(&self.store, TouchKey::Repository(RepositoryName::new(repository))).await.unwrap();
    }

    /// The same, and waits for what comes of it.
    pub async fn look_at_repository(&self, repository: &str) {
        self.hint_at(repository).await;
        self.settled().await;
    }

    /// Waits until a text of a room is as wanted; what goes on meanwhile may be held.
    pub async fn until(&self, is_wanted: impl Fn(&str) -> bool, room: &str) {
        let seen = async {
            loop {
                let changed = self.store.changed();
                if self.texts_in(room).await.iter().any(|text| is_wanted(text)) {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap_or_else(|_| panic!("it is never so"));
    }

    /// The texts in the thread of a message.
    pub async fn thread_of(&self, room: &str, message: &str) -> Vec<String> {
        let (_, messages) = self.get(&format!("/api/v1/rooms/{room}/messages?most=500")).await;
        let is_in = |one: &&Value| one["thread"].as_str() == Some(message);
        let text = |one: &Value| one["text"].as_str().unwrap().to_owned();
        messages.as_array().unwrap().iter().filter(is_in).map(text).collect()
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
        self.cards_for("ana", room).await
    }

    /// The cards of a room that a person sees, oldest first.
    pub async fn cards_for(&self, person: &str, room: &str) -> Vec<Card> {
        let mut reader = self.store.reader().await.unwrap();
        let posted = store::console::latest(&mut reader, room, &PersonId::new(person), 500).await.unwrap();
        let card = |posted: store::console::Posted| match posted.message.body {
            Content::Text(_) | Content::Log(_) | Content::File(_) => None,
            Content::Card(card) => Some(Card {
                message: posted.message.id,
                guard: card.guard,
                text: render::text::content(&Content::Card(card.clone())),
                buttons: card.actions.iter().filter_map(button).collect(),
                asks: card.actions.iter().filter_map(asks).collect(),
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

    /// Sends a request with ana's token.
    pub async fn request_as_ana(&self, mut request: Request<Body>) -> axum::response::Response {
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        request.headers_mut().insert(header::HOST, "chamberlain.localhost:7420".parse().unwrap());
        self.request(request).await
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.request_as_ana(request).await;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// Sends a request to the web's router.
    pub async fn request(&self, request: Request<Body>) -> axum::response::Response {
        web::router(self.web.clone()).oneshot(request).await.unwrap()
    }

    /// Where a git server hints that a repository has changed.
    pub fn push_path(&self, repository: &str) -> String {
        self.ground.hook_key.push_path(&RepositoryName::new(repository))
    }

    /// A link that logs ana in.
    pub async fn login_link(&self) -> String {
        self.login_link_of("ana").await
    }

    /// A link that logs a person in.
    pub async fn login_link_of(&self, person: &str) -> String {
        self.web.login_link(&PersonId::new(person)).await.unwrap()
    }

    /// The database, for those who look at it from outside.
    pub fn database(&self) -> Url {
        self.ground.url()
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
            database: None,
            clock: Arc::default(),
            chat,
            room_name: room_name.into(),
            source: Arc::default(),
            driver: Arc::default(),
            after_failure: AfterFailure::TakeBack,
            is_dev: true,
            product: PRODUCT,
            class: "test".into(),
            hook_key: web::HookKey::fresh(),
            keep_audit: None,
            limits: web::Limits { messages: NonZeroU32::MAX, ..web::Limits::default() },
            public: SocketAddr::from(([127, 0, 0, 1], 7420)),
            door: None,
        }
    }

    /// Opens the house, as soon as all that was at work in one that was killed is gone.
    async fn open(&self) -> runtime::Opened {
        loop {
            let opened = match Home::take(self.folder.path(), &RandomIds) {
                Ok(home) => runtime::open(self.settings(home)).await,
                Err(in_use) => Err(in_use.into()),
            };
            match opened {
                Err(cause) if matches!(cause.downcast_ref(), Some(StoreError::InUse(_))) => {
                    tokio::task::yield_now().await;
                }
                opened => return opened.unwrap(),
            }
        }
    }

    fn url(&self) -> Url {
        match &self.database {
            Some(address) => Url::Postgres(address.clone()),
            None => Url::Sqlite(self.folder.path().join("chamberlain.db")),
        }
    }

    fn settings(&self, home: Home) -> Settings {
        let chat = self.chat.clone().map(|chat| -> Arc<dyn ChatAdapter> { chat });
        Settings {
            home,
            url: self.url(),
            synchronous: Synchronous::Normal,
            rules: sample_rules(),
            skills: chamberlain::skills::host::load(Path::new("/nowhere"), chamberlain::skills::NATIVE).0,
            upkeep: Upkeep {
                updates: Updates { settle: Duration::from_secs(3), after_failure: self.after_failure },
                check_every: Duration::from_mins(5),
                lost_after: Duration::from_mins(1),
                polls: self
                    .product
                    .iter()
                    .map(|(name, ..)| (RepositoryName::new(*name), Duration::from_mins(1)))
                    .collect(),
            },
            keep_audit: self.keep_audit,
            project: Project {
                name: "product".into(),
                class: self.class.clone(),
                repositories: self.product.iter().map(repository).collect(),
                components: of_each(self.product).map(component).collect(),
                addresses: Addresses { port: self.public.port() },
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
                listen: self.public,
                may_act_as_others: self.is_dev,
                hook_key: self.hook_key.clone(),
                repositories: ["api", "web"].map(RepositoryName::new).into(),
                limits: self.limits.clone(),
            },
            clock: self.clock.clone(),
            ids: Arc::new(RandomIds),
            chats: chat.into_iter().collect(),
            slack: None,
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
