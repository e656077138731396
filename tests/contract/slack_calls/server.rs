//! A Slack that writes down what it is asked and answers what a test tells it to.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use chamberlain::adapters::chat::slack::{BotToken, Settings, Slack};
use chamberlain::domain::PersonId;
use chamberlain::ports::Accounts;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use crate::support::clock::HandClock;

/// What must be seen nowhere.
pub(super) const TOKEN: &str = "xoxb-hush-token";
/// The last part of a way back.
pub(super) const WAY: &str = "hush-way";

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) verb: Method,
    pub(super) token: Option<String>,
    pub(super) args: Value,
}

#[derive(Default)]
struct Told {
    calls: Vec<Call>,
    answers: HashMap<String, VecDeque<(u16, Value)>>,
}

/// The server, the adapter that calls it, and the adapter's clock.
pub(super) struct Ground {
    pub(super) slack: Slack,
    pub(super) clock: Arc<HandClock>,
    pub(super) way: String,
    /// Where a file may be sent.
    pub(super) upload: String,
    told: Arc<Mutex<Told>>,
    _tasks: JoinSet<()>,
}

/// Ana and Bo have accounts, Cy has none.
struct Known;

impl Accounts for Known {
    fn of(&self, person: &PersonId) -> Option<String> {
        let account =
            [("ana", "U1"), ("bo", "U2"), ("butler", "UBOT")].into_iter().find(|one| one.0 == person.as_str());
        account.map(|one| one.1.to_owned())
    }

    fn person(&self, account: &str) -> Option<PersonId> {
        [("ana", "U1"), ("bo", "U2")].into_iter().find(|one| one.1 == account).map(|one| PersonId::new(one.0))
    }
}

impl Ground {
    pub(super) async fn open() -> Self {
        Self::with_groups(BTreeMap::new()).await
    }

    pub(super) async fn with_groups(user_groups: BTreeMap<String, String>) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let told = Arc::new(Mutex::new(Told::default()));
        let routes = Router::new().route("/{kind}/{name}", any(answer)).with_state(told.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let clock = Arc::new(HandClock::default());
        let settings = Settings {
            api_url: format!("http://{address}/api"),
            token: BotToken::new(TOKEN),
            is_private: true,
            user_groups,
            accounts: Arc::new(Known),
            console: None,
            clock: clock.clone(),
        };
        let [way, upload] =
            [format!("back/{WAY}"), "upload/one".to_owned()].map(|path| format!("http://{address}/{path}"));
        Self { slack: Slack::new(settings).unwrap(), clock, way, upload, told, _tasks: tasks }
    }

    /// The next answers to a method, each once; after them it is `ok` again.
    pub(super) fn answers(&self, method: &str, answers: impl IntoIterator<Item = Value>) {
        let answers = answers.into_iter().map(|answer| (200, answer));
        self.told().answers.entry(method.to_owned()).or_default().extend(answers);
    }

    /// The next answer to a method is a refusal.
    pub(super) fn refuses(&self, method: &str, code: &str) {
        self.answers(method, [json!({ "ok": false, "error": code })]);
    }

    /// The next answer to a method has this status.
    pub(super) fn fails(&self, method: &str, status: u16) {
        self.told().answers.entry(method.to_owned()).or_default().push_back((status, json!({ "ok": false })));
    }

    /// The requests so far, without the question who we are.
    pub(super) fn calls(&self) -> Vec<Call> {
        let mut calls = self.told().calls.clone();
        calls.retain(|call| call.method != "auth.test");
        calls
    }

    /// The methods so far, in order, without the question who we are.
    pub(super) fn methods(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.method).collect()
    }

    /// What the only call of this method was given.
    pub(super) fn args(&self, method: &str) -> Value {
        let mut calls = self.calls().into_iter().filter(|call| call.method == method);
        let call = calls.next().unwrap_or_else(|| panic!("{method} was not called"));
        assert_eq!(calls.next(), None, "{method} was called once");
        call.args
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }
}

async fn answer(
    State(told): State<Arc<Mutex<Told>>>,
    Path((kind, name)): Path<(String, String)>,
    Query(query): Query<Map<String, Value>>,
    (verb, headers, body): (Method, HeaderMap, Bytes),
) -> Response {
    let method = if kind == "api" { name } else { format!("{kind}/{name}") };
    let token = headers.get(header::AUTHORIZATION).map(|token| token.to_str().unwrap().to_owned());
    let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
    let args = match verb {
        Method::GET => Value::Object(query),
        _ if kind == "upload" => text(),
        _ => serde_json::from_slice(&body).unwrap(),
    };
    let mut told = told.lock().unwrap();
    told.calls.push(Call { method: method.clone(), verb, token, args });
    let next = told.answers.get_mut(&method).and_then(VecDeque::pop_front);
    let (status, mut answer) = next.unwrap_or_else(|| (200, usual(&method)));
    if status == 200 && answer.get("ok").is_none() {
        answer["ok"] = true.into();
    }
    let status = StatusCode::from_u16(status).unwrap();
    if status == StatusCode::TOO_MANY_REQUESTS {
        return (status, [("retry-after", "3")], Json(answer)).into_response();
    }
    (status, Json(answer)).into_response()
}

fn usual(method: &str) -> Value {
    match method {
        "auth.test" => json!({ "ok": true, "user_id": "UBOT", "bot_id": "B1", "team_id": "T1" }),
        "chat.postMessage" => json!({ "ok": true, "channel": "C1", "ts": "1.1", "message": { "odd": 1 } }),
        "chat.postEphemeral" => json!({ "ok": true, "message_ts": "2.2" }),
        _ => json!({ "ok": true }),
    }
}
