//! Starting the fake, and setting it up.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use chamberlain::ports::{Clock, SystemClock};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::channels::Kind;
use super::line::{Lines, OnLine, Switchboard};
use super::people::{Group, Person};
use super::settings::Settings;
use super::shared::{Shared, carry};
use super::world::World;
use super::{connections, files, response_urls, web_api};

/// A running Slack. Clones are the same one; it ends with the last of them.
#[derive(Clone)]
pub struct FakeSlack {
    pub(super) shared: Arc<Shared>,
    ground: Arc<Ground>,
    base: String,
}

/// What ends with the last handle.
struct Ground {
    tasks: Mutex<JoinSet<()>>,
    lines: Lines,
}

impl Drop for Ground {
    fn drop(&mut self) {
        self.lines.cut();
    }
}

impl FakeSlack {
    /// Starts on a free port of this machine, by the machine's clock.
    pub async fn start() -> Self {
        Self::start_by(Arc::new(SystemClock)).await
    }

    /// The same by another clock: messages get their stamps from it. Time-outs run by the machine's.
    pub async fn start_by(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared::new(World::new(base.clone(), clock));
        let lines = Lines::default();
        let switchboard = Switchboard { listener, lines: lines.clone() };
        let routes = Router::new()
            .route("/api/{method}", any(web_api::call))
            .route("/link/", get(link))
            .route("/response/{key}", post(response_urls::answer))
            .route("/upload/v1/{id}", post(files::upload))
            .with_state(shared.clone())
            .into_make_service_with_connect_info::<OnLine>();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(switchboard, routes).await.unwrap() });
        tasks.spawn(carry(shared.clone()));
        Self { shared, ground: Arc::new(Ground { tasks: Mutex::new(tasks), lines }), base }
    }

    /// Where the Web API is, as `https://slack.com/api` is.
    pub fn api_url(&self) -> String {
        format!("{}/api", self.base)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.base.trim_start_matches("http://").parse().unwrap()
    }

    /// From now on it says that it is elsewhere, such as behind a server that speaks TLS: `https://slack.invalid`.
    pub fn reached_at(&self, base: &str) {
        self.shared.change(|world| world.base = base.into());
    }

    /// Changes times and limits.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.change(|world| change(&mut world.settings));
    }

    /// Somebody with an e-mail address; gives the id.
    pub fn person(&self, name: &str) -> String {
        self.take_in(Person::named(name))
    }

    /// Somebody from outside.
    pub fn guest(&self, name: &str) -> String {
        self.take_in(Person { is_guest: true, ..Person::named(name) })
    }

    /// Somebody who has no e-mail address here.
    pub fn person_without_email(&self, name: &str) -> String {
        self.take_in(Person { email: None, ..Person::named(name) })
    }

    /// Another bot or anybody else who is not ordinary.
    pub fn take_in(&self, person: Person) -> String {
        self.shared.change(|world| world.take_in(person))
    }

    /// Somebody's account is closed.
    pub fn deactivate(&self, person: &str) {
        self.shared.change(|world| {
            let id = world.person_id(person);
            world.people.iter_mut().filter(|person| person.id == id).for_each(|person| person.is_gone = true);
        });
    }

    /// A user group; gives its id.
    pub fn group(&self, handle: &str, people: &[&str]) -> String {
        self.shared.change(|world| {
            let id = world.fresh_id("S");
            let users = people.iter().map(|person| world.person_id(person)).collect();
            world.groups.push(Group { id: id.clone(), handle: handle.into(), users });
            id
        })
    }

    /// A public channel with these members, made by the first; the bot is one only if it is named. Gives the id.
    pub fn channel(&self, name: &str, members: &[&str]) -> String {
        self.make_channel(name, Kind::Public, members)
    }

    /// A private one.
    pub fn private_channel(&self, name: &str, members: &[&str]) -> String {
        self.make_channel(name, Kind::Private, members)
    }

    fn make_channel(&self, name: &str, kind: Kind, members: &[&str]) -> String {
        self.shared.change(|world| {
            let members = members.iter().map(|member| world.person_id(member)).collect();
            world.make_channel(name, kind, members)
        })
    }

    /// The app loses a scope.
    pub fn revoke(&self, scope: &str) {
        assert!(self.shared.change(|world| world.scopes.remove(scope)), "the app has no scope {scope}");
    }

    /// The app gets a scope, such as `chat:write.public`.
    pub fn grant(&self, scope: &str) {
        self.shared.change(|world| world.scopes.insert(scope.into()));
    }

    /// The app does not hear an event any more, such as `message.channels`.
    pub fn unsubscribe(&self, event: &str) {
        assert!(self.shared.change(|world| world.events.remove(event)), "the app does not hear {event}");
    }

    /// Work that ends with the fake.
    pub(super) fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.ground.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(work);
    }
}

#[derive(serde::Deserialize)]
struct Ticket {
    ticket: String,
}

/// The door of Socket Mode.
async fn link(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(OnLine(line)): ConnectInfo<OnLine>,
    Query(Ticket { ticket }): Query<Ticket>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !shared.change(|world| world.take_ticket(&ticket)) {
        return (StatusCode::UNAUTHORIZED, "invalid ticket").into_response();
    }
    upgrade.on_upgrade(move |socket| connections::serve(socket, line, shared))
}
