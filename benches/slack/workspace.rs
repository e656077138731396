//! The workspace as the program sees it: Slack's methods and sockets, served by one thread.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Path, Query, State, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::envelopes::{BOT, BOT_USER, TEAM};
use crate::load::Load;
use crate::world::{Order, World};

/// How often is looked for what must be sent again, and by whoever waits for something.
const LOOK: Duration = Duration::from_millis(5);

/// How long is waited for the last answers.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a method is called with; each reads its own part.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Call {
    channel: String,
    text: String,
    user: String,
    oldest: String,
    metadata: Value,
}

/// A handle on the workspace.
#[derive(Clone)]
pub(super) struct Workspace {
    world: Arc<Mutex<World>>,
    address: SocketAddr,
}

impl Workspace {
    /// Opens it on a thread of its own, which lives as long as the bench.
    pub(super) fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let workspace = Self { world: Arc::default(), address };
        let served = workspace.clone();
        let thread = std::thread::Builder::new().name("workspace".into());
        drop(thread.spawn(move || runtime.block_on(served.serve(listener))).unwrap());
        workspace
    }

    pub(super) fn api_url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    async fn serve(self, listener: TcpListener) {
        let router =
            Router::new().route("/api/{method}", any(method)).route("/link", get(link)).with_state(self.clone());
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        let ticking = async {
            loop {
                tokio::time::sleep(LOOK).await;
                self.world().tick();
            }
        };
        tokio::select! {
            served = async { axum::serve(listener, router).await } => served.unwrap(),
            () = ticking => {}
        }
    }

    /// Begins a load.
    pub(super) fn begin(&self, of: usize) {
        let mut world = self.world();
        world.load = world.load.next(of);
        world.calls.clear();
    }

    /// Waits until something is so, and gives up when it takes too long.
    pub(super) fn wait(&self, what: &str, is_so: impl Fn(&World) -> bool) {
        assert!(self.comes(PATIENCE, is_so), "{what}: it never comes");
    }

    fn comes(&self, within: Duration, is_so: impl Fn(&World) -> bool) -> bool {
        let until = Instant::now() + within;
        while !is_so(&self.world()) {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(LOOK);
        }
        true
    }

    /// Has people say `count` messages, so many a second; `then` is called before each.
    pub(super) fn pace(&self, (count, rate): (usize, f64), mut then: impl FnMut(usize)) {
        self.begin(0);
        let start = Instant::now();
        for number in 0..count {
            then(number);
            let due = start + Duration::from_secs_f64(f64::from(u32::try_from(number).unwrap()) / rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            self.world().say();
        }
    }

    /// Waits for the answers to what was said; those that never come are counted by whoever asks.
    pub(super) fn settle(&self) {
        self.comes(PATIENCE, |world| world.load.answered == world.load.messages.len());
        // An answer too many would come now.
        std::thread::sleep(Duration::from_millis(500));
    }

    /// Has people say `count` messages, `in_flight` of them unanswered all the time; gives how long it took.
    pub(super) fn flood(&self, count: usize, in_flight: usize) -> Duration {
        self.begin(count);
        let start = Instant::now();
        for _ in 0..in_flight.min(count) {
            self.world().say();
        }
        let mut before = 0;
        while self.world().load.answered < count {
            self.comes(PATIENCE, |world| world.load.answered > before);
            let now = self.world().load.answered;
            assert!(now > before, "after {now} of {count} answers no more come");
            before = now;
        }
        let last = self.world().load.last_answer.unwrap();
        last - start
    }

    /// The load so far.
    pub(super) fn load<T>(&self, look: impl FnOnce(&Load) -> T) -> T {
        look(&self.world().load)
    }
}

/// Carries out a call. An answer that Slack has received is given, whatever becomes of who asked.
async fn method(State(workspace): State<Workspace>, Path(method): Path<String>, asked: Asked) -> Response {
    let (arrived, call) = (Instant::now(), asked.0);
    let delay = workspace.world().delay;
    if delay.is_zero() {
        return Json(answer(&workspace, (&method, arrived), call)).into_response();
    }
    let carried_out = async move {
        tokio::time::sleep(delay).await;
        answer(&workspace, (&method, arrived), call)
    };
    #[expect(clippy::disallowed_methods, reason = "it must outlive the connection that it came over")]
    let carried_out = tokio::spawn(carried_out);
    Json(carried_out.await.unwrap()).into_response()
}

fn answer(workspace: &Workspace, (method, arrived): (&str, Instant), call: Call) -> Value {
    let mut world = workspace.world();
    *world.calls.entry(method.to_owned()).or_default() += 1;
    match method {
        "auth.test" => json!({ "ok": true, "url": "https://team.example.com/", "team": "Team", "user": "chamberlain",
            "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT }),
        "apps.connections.open" => json!({ "ok": true, "url": format!("ws://{}/link", workspace.address) }),
        "users.info" => json!({ "ok": true, "user": { "id": call.user, "team_id": TEAM, "name": call.user,
            "deleted": false, "is_bot": false, "is_restricted": false, "is_ultra_restricted": false } }),
        "chat.postMessage" => {
            let ts = world.post((&call.channel, &call.text), call.metadata);
            let is_answer = world.load.answered(&call.text, arrived).is_some();
            if is_answer && world.load.messages.len() < world.load.of {
                world.say();
            }
            json!({ "ok": true, "channel": call.channel, "ts": ts, "message": { "type": "message", "subtype":
                "bot_message", "text": call.text, "user": BOT_USER, "bot_id": BOT, "ts": ts, "team": TEAM } })
        }
        "conversations.history" => {
            let posted = world.posted.get(&call.channel).map(Vec::as_slice).unwrap_or_default();
            let messages = posted.iter().rev().filter(|one| one.ts > call.oldest).take(200);
            let told =
                |one: &crate::world::Posted| json!({ "type": "message", "ts": one.ts, "metadata": one.metadata });
            json!({ "ok": true, "messages": messages.map(told).collect::<Vec<_>>(), "has_more": false })
        }
        _ => json!({ "ok": false, "error": "unknown_method" }),
    }
}

/// A call's arguments: as JSON, or in the address.
struct Asked(Call);

impl<S: Send + Sync> axum::extract::FromRequest<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Self::Rejection> {
        if request.method() == axum::http::Method::GET {
            let call = Query::<Call>::from_request(request, state).await;
            return Ok(Self(call.map(|call| call.0).unwrap_or_default()));
        }
        let call = Json::<Call>::from_request(request, state).await;
        Ok(Self(call.map(|call| call.0).unwrap_or_default()))
    }
}

async fn link(State(workspace): State<Workspace>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| talk(workspace, socket))
}

async fn talk(workspace: Workspace, mut socket: WebSocket) {
    let (number, mut orders) = workspace.world().greet();
    loop {
        let sent = tokio::select! {
            biased;
            order = orders.recv() => match order {
                Some(Order::Event(number, frame)) => {
                    workspace.world().load.sent(number);
                    socket.send(Message::Text(frame.into())).await
                }
                Some(Order::Frame(frame)) => socket.send(Message::Text(frame.into())).await,
                Some(Order::Close) => socket.send(Message::Close(None)).await.and(Err(closed())),
                Some(Order::Drop) | None => break,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Message::Text(text))) => {
                    let ack: Ack<'_> = serde_json::from_str(&text).unwrap();
                    workspace.world().load.acked(ack.envelope_id);
                    Ok(())
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => Ok(()),
            },
        };
        if sent.is_err() {
            break;
        }
    }
    workspace.world().gone(number);
}

#[derive(serde::Deserialize)]
struct Ack<'a> {
    envelope_id: &'a str,
}

fn closed() -> axum::Error {
    axum::Error::new("it is closed")
}
