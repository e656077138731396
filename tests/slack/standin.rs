//! The workspace in a process of its own: a stand-in for Slack, if one is there, asked over its control API.

use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::message::{Attached, Message};
use crate::support::program::free_address;
use crate::view::{Button, View};
use crate::workspace::{Channel, Fault, How, Workspace, errors};

const BOT: &str = "U0BOT00001";

/// A running stand-in. It ends with this.
pub(crate) struct StandIn {
    base: String,
    http: Client,
    _process: Child,
}

/// Where the stand-in is, and the python that runs it.
#[expect(clippy::disallowed_methods, reason = "tests read the environment of their own run")]
fn place() -> Option<(String, String)> {
    let folder = std::env::var("CHAMBERLAIN_TEST_SLACK_STANDIN").ok().filter(|folder| !folder.is_empty())?;
    let python = std::env::var("CHAMBERLAIN_TEST_SLACK_STANDIN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    Some((folder, python))
}

impl StandIn {
    /// Starts it; none, said aloud, when it is not there. It is no part of what tests must have.
    pub(crate) async fn open() -> Option<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let Some((folder, python)) = place() else {
            eprintln!("LEFT OUT: the stand-in for Slack: CHAMBERLAIN_TEST_SLACK_STANDIN names no folder");
            return None;
        };
        let address = free_address();
        let mut process = Command::new(python)
            .current_dir(folder)
            .args(["-B", "standin.py", "--port", &address.port().to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the stand-in for Slack starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap();
        assert!(line.as_ref().is_some_and(|line| line.starts_with("standin on")), "{line:?}");
        let http = Client::builder().no_proxy().build().unwrap();
        let world = Self { base: format!("http://{address}"), http, _process: process };
        world.told("members", json!({ "channel": "random", "add": ["carol"] })).await;
        Some(world)
    }

    /// Asks for something that must be done.
    async fn told(&self, name: &str, body: Value) -> Value {
        let answer = self.asked(name, &body).await;
        assert_eq!(answer["ok"], true, "{name} {body}: {answer}");
        answer
    }

    async fn asked(&self, name: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}/_control/{name}", self.base)).json(body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Has something done whose answer nobody waits for.
    async fn sent(&self, name: &str, body: Value) {
        let request = self.http.post(format!("{}/_control/{name}", self.base)).json(&body);
        // A slash command is answered only after its acknowledgement.
        let limit = Duration::from_secs(10);
        let answer: Value = request.timeout(limit).send().await.unwrap().json().await.unwrap();
        assert_ne!(answer["ok"], false, "{name} {body}: {answer}");
    }

    async fn channel_id(&self, channel: &str) -> Option<String> {
        let info = self.told("info", json!({})).await;
        let mut channels = info["channels"].as_array().unwrap().iter();
        channels.find(|one| one["id"] == channel || one["name"] == channel).map(|one| text(&one["id"]))
    }

    /// What people would do to a channel. Nobody else can there so that it is told, so it is done in the bot's name.
    async fn as_bot(&self, act: &str, channel: &str, mut body: Value) {
        body["channel"] = json!(self.channel_id(channel).await.unwrap());
        let request = self.http.post(format!("{}/conversations.{act}", self.api_url())).bearer_auth(self.tokens().0);
        let answer: Value = request.json(&body).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
    }

    async fn pressed(&self, who: &str, (channel, ts): (&str, &str), more: Value) {
        let mut body = json!({ "user": who, "channel": channel, "ts": ts, "wait": false });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.told("click", body).await;
    }
}

impl Workspace for StandIn {
    /// The number of the last call.
    type Mark = u64;

    fn api_url(&self) -> String {
        format!("{}/api", self.base)
    }

    fn tokens(&self) -> (String, String) {
        ("xoxb-0001-standin".to_owned(), "xapp-1-A0STAND001-0001-standin".to_owned())
    }

    fn email(&self, who: &str) -> String {
        format!("{who}@standin.test")
    }

    fn id(&self, who: &str) -> String {
        let number = ["alice", "bob", "carol"].iter().position(|one| *one == who).unwrap() + 1;
        format!("U0USER{number:04}")
    }

    fn bot(&self) -> String {
        BOT.to_owned()
    }

    async fn says(&self, who: &str, channel: &str, text: &str) -> String {
        let said = self.told("message", json!({ "user": who, "channel": channel, "text": text })).await;
        said["ts"].as_str().unwrap().to_owned()
    }

    async fn replies(&self, who: &str, (channel, thread): (&str, &str), text: &str) {
        self.told("message", json!({ "user": who, "channel": channel, "text": text, "thread_ts": thread })).await;
    }

    async fn dm(&self, who: &str, text: &str) -> String {
        let said = self.told("dm", json!({ "user": who, "text": text })).await;
        said["channel"].as_str().unwrap().to_owned()
    }

    async fn slash(&self, who: &str, channel: &str, words: &str) {
        self.sent("slash", json!({ "user": who, "channel": channel, "command": "/chamberlain", "text": words })).await;
    }

    async fn presses(&self, who: &str, message: (&str, &str), label: &str) {
        self.pressed(who, message, json!({ "text": label })).await;
    }

    async fn chooses(&self, who: &str, message: (&str, &str), (action, option): (&str, &str)) {
        self.pressed(who, message, json!({ "action_id": action, "value": option })).await;
    }

    async fn says_out_of_order(&self, who: &str, channel: &str, texts: &[String]) {
        self.told("config", json!({ "deliver_jitter_s": 0.3 })).await;
        for text in texts {
            self.says(who, channel, text).await;
        }
    }

    async fn archives(&self, channel: &str) {
        self.as_bot("archive", channel, json!({})).await;
    }

    async fn unarchives(&self, channel: &str) {
        self.as_bot("unarchive", channel, json!({})).await;
    }

    async fn renames(&self, channel: &str, name: &str) {
        self.as_bot("rename", channel, json!({ "name": name })).await;
    }

    async fn kicks_bot(&self, channel: &str) {
        self.told("members", json!({ "channel": channel, "remove": [BOT] })).await;
    }

    async fn channel(&self, channel: &str) -> Option<Channel> {
        let id = self.channel_id(channel).await?;
        let told = self.told("messages", json!({ "channel": id, "limit": 1000 })).await;
        let all = ["messages", "ephemerals"].into_iter().flat_map(|key| told[key].as_array().unwrap());
        let mut messages: Vec<Message> = all.map(message).collect();
        messages.sort_by(|one, other| one.ts.cmp(&other.ts));
        let pins = told["pins"].as_array().unwrap().iter();
        Some(Channel {
            members: told["members"].as_array().unwrap().iter().map(text).collect(),
            topic: text(&told["topic"]["value"]),
            pins: pins.map(|pin| text(pin.pointer("/message/ts").unwrap_or(&pin["ts"]))).collect(),
            messages,
        })
    }

    async fn calls(&self, method: &str) -> usize {
        let told = self.told("calls", json!({ "method": method })).await;
        usize::try_from(told["total"].as_u64().unwrap()).unwrap()
    }

    async fn connected(&self, count: usize) {
        self.told("wait_connected", json!({ "count": count })).await;
    }

    async fn send_again_soon(&self) {
        self.told("config", json!({ "retry_delays_s": [0, 1, 1, 1] })).await;
    }

    async fn drop_sockets(&self) {
        self.told("fault", json!({ "kind": "drop" })).await;
    }

    async fn refresh_sockets(&self, grace: Duration) {
        self.told("fault", json!({ "kind": "refresh", "grace_s": grace.as_secs_f64() })).await;
    }

    async fn deliver_twice(&self) {
        self.told("config", json!({ "duplicate_delivery_p": 1.0 })).await;
    }

    async fn fault(&self, fault: Fault) {
        let mut rule = json!({ "method": fault.method.replace('*', ".*"), "after_effect": fault.is_after_effect });
        match fault.how {
            How::Error(code) => rule["error"] = json!(code),
            How::Status(status) => rule["status"] = json!(status),
            How::Cut => rule["abort"] = json!(true),
        }
        if let Some(times) = fault.times {
            rule["count"] = json!(times);
        }
        self.told("fault", json!({ "kind": "api", "rule": rule })).await;
    }

    async fn end_faults(&self) {
        self.told("config", json!({ "api_faults": [] })).await;
    }

    async fn channel_rate(&self, per_second: f64) {
        self.told("config", json!({ "per_channel_rate": per_second })).await;
    }

    async fn hear_mentions_alone(&self) {
        let info = self.told("info", json!({})).await;
        let events = info["apps"][0]["events"].as_array().unwrap();
        let left: Vec<&Value> = events.iter().filter(|one| **one != "message.channels").collect();
        self.told("app", json!({ "events": left })).await;
    }

    async fn revoke_scope(&self, scope: &str) {
        let info = self.told("info", json!({})).await;
        let scopes = info["apps"][0]["scopes"].as_array().unwrap();
        let left: Vec<&Value> = scopes.iter().filter(|one| **one != scope).collect();
        assert_ne!(left.len(), scopes.len(), "the app has no right {scope}");
        self.told("app", json!({ "scopes": left })).await;
    }

    async fn shortcut(&self, who: &str, name: &str, at: Option<(&str, &str)>) {
        let mut body = json!({ "user": who, "callback_id": name });
        if let Some((channel, ts)) = at {
            body["channel"] = json!(channel);
            body["ts"] = json!(ts);
        }
        self.sent("shortcut", body).await;
    }

    async fn modal(&self, who: &str) -> Option<View> {
        self.views(who, "modal").await.pop()
    }

    async fn fills(&self, who: &str, modal: &str, (field, value): (&str, &str)) {
        self.told("click", json!({ "user": who, "view_id": modal, "action_id": field, "value": value })).await;
    }

    async fn offered(&self, who: &str, modal: &str, (field, typed): (&str, &str)) -> Vec<String> {
        let body = json!({ "user": who, "view_id": modal, "action_id": field, "value": typed });
        let told = self.told("suggest", body).await;
        told["ack"]["options"].as_array().unwrap().iter().map(|option| text(&option["value"])).collect()
    }

    async fn submits(&self, who: &str, modal: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let values: serde_json::Map<String, Value> =
            fields.iter().map(|(field, value)| ((*field).to_owned(), json!({ *field: value }))).collect();
        let told = self.told("modal/submit", json!({ "user": who, "view_id": modal, "values": values })).await;
        assert_eq!(told["submitted"], true, "{told}");
        assert!(told["invalid_ack"].is_null(), "{told}");
        errors(&told["errors"])
    }

    async fn closes(&self, who: &str, modal: &str) {
        self.told("modal/close", json!({ "user": who, "view_id": modal })).await;
    }

    async fn mark(&self) -> u64 {
        let told = self.told("calls", json!({ "limit": 1 })).await;
        told["calls"][0]["seq"].as_u64().unwrap_or_default()
    }

    async fn change_since(&self, mark: u64) {
        // It says that nothing came in time; then it is looked again.
        self.asked("wait", &json!({ "since": mark, "timeout": 0.2 })).await;
    }

    async fn opens_home(&self, who: &str) {
        self.told("home_opened", json!({ "user": who })).await;
    }

    async fn home_of(&self, who: &str) -> Option<View> {
        self.views(who, "home").await.pop()
    }

    async fn presses_in(&self, who: &str, view: &View, button: &Button) {
        let named = json!({ "block_id": button.block, "action_id": button.action });
        let mut body = json!({ "user": who, "view_id": view.id, "wait": false });
        body.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
        self.told("click", body).await;
    }
}

impl StandIn {
    async fn views(&self, who: &str, kind: &str) -> Vec<View> {
        let told = self.told("views", json!({ "user": who })).await;
        let views = told["views"].as_array().unwrap().iter();
        let views = views.filter(|view| view["type"] == kind && view["closed"] == false);
        let view = |view: &Value| View {
            id: text(&view["id"]),
            hash: text(&view["hash"]),
            blocks: view["blocks"].as_array().unwrap().clone(),
        };
        views.map(view).collect()
    }
}

fn message(told: &Value) -> Message {
    let ts = text(&told["ts"]);
    let reader = Some(text(&told["to_user"])).filter(|reader| !reader.is_empty());
    Message {
        text: text(&told["text"]),
        blocks: told["blocks"].as_array().cloned().unwrap_or_default(),
        thread: Some(text(&told["thread_ts"])).filter(|thread| !thread.is_empty() && *thread != ts),
        reader,
        is_ours: told["bot_id"].is_string(),
        files: Attached::of(&told["files"]),
        ts,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
