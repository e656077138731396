//! A whole house for a test, entered by its front door: the HTTP API of the console.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chamberlain::config::Sources;
use chamberlain::domain::PersonId;
use chamberlain::domain::person::Person;
use chamberlain::policy::Rules;
use chamberlain::ports::RandomIds;
use chamberlain::runtime::{self, Settings};
use chamberlain::store::{self, Store, Synchronous, Url};
use chamberlain::web;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::clock::HandClock;

/// A house at work in a folder of its own.
pub struct House {
    pub clock: Arc<HandClock>,
    pub store: Store,
    web: web::State,
    token: String,
    stop: CancellationToken,
    work: JoinHandle<anyhow::Result<()>>,
    folder: tempfile::TempDir,
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
        Self::in_folder(tempfile::tempdir().unwrap(), Arc::default()).await
    }

    /// Closes the house and opens it again on the same store.
    pub async fn reopen(self) -> Self {
        let Self { clock, stop, work, folder, .. } = self;
        stop.cancel();
        drop((self.store, self.web));
        work.await.unwrap().unwrap();
        Self::in_folder(folder, clock).await
    }

    async fn in_folder(folder: tempfile::TempDir, clock: Arc<HandClock>) -> Self {
        let settings = Settings {
            url: Url::Sqlite(folder.path().join("chamberlain.db")),
            synchronous: Synchronous::Normal,
            rules: sample_rules(),
            skills: chamberlain::skills::host::load(Path::new("/nowhere"), chamberlain::skills::NATIVE).0,
            web: web::Settings {
                host: "chamberlain.localhost".into(),
                listen: "127.0.0.1:7420".parse().unwrap(),
                may_act_as_others: true,
            },
            clock: clock.clone(),
            ids: Arc::new(RandomIds),
            chats: Vec::new(),
        };
        let opened = runtime::open(settings).await.unwrap();
        let (store, web) = (opened.house().store.clone(), opened.web().clone());
        let token = web.only_token(&PersonId::new("ana")).await.unwrap();
        make_lobby(&store).await;
        let stop = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "the house of a test ends with it")]
        let work = tokio::spawn(opened.run(None, stop.clone()));
        Self { clock, store, web, token, stop, work, folder }
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
        let response = web::router(self.web.clone()).oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
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

/// The people and rights that the dev profile brings, and Dee, who has no role.
fn sample_rules() -> Rules {
    let environment = vec![("CHAMBERLAIN__PROFILE".to_owned(), "dev".to_owned())];
    let config = chamberlain::config::load(Sources { file: None, environment }).unwrap();
    let mut rules = Settings::rules_of(&config);
    let dee = PersonId::new("dee");
    let person = Person { id: dee.clone(), name: "Dee".into(), groups: vec![], email: None, accounts: [].into() };
    rules.people.insert(dee, person);
    rules
}
