//! The only place that knows all parts: opens them, joins them, runs them, and closes them in order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use arc_swap::ArcSwap;
use arc_swap::access::Map;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::alarms;
use super::elsewhere;
use super::house::{House, Iterations, Upkeep};
use super::inbox::Inbox;
use super::known::Known;
use super::lanes;
use super::measured::measured;
use super::mirrors;
use super::outbox::Courier;
use super::retention;
use super::sealing;
use super::set_back;
use super::slack::{self, Slack};
use super::timers;
use super::workshops::Workshops;
use crate::adapters::chat::console::Console;
use crate::domain::ChatName;
use crate::domain::project::Project;
use crate::domain::spec::EnvironmentName;
use crate::domain::touch::TouchKey;
use crate::metrics::Metrics;
use crate::policy::Rules;
use crate::ports::{ChatAdapter, Clock, EnvironmentDriver, Ids};
use crate::reconcile::{self, Stewards};
use crate::skills::host::Skills;
use crate::store::claims::Queue;
use crate::store::{Handover, Home, Opening, Store, StoreClock, StoreTime, Synchronous, Url, touches};
use crate::web;

/// How long the writer may take to write the rest once everybody else has ended.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// All that the house is made from.
pub struct Settings {
    /// The data folder.
    pub home: Home,
    /// Which database.
    pub url: Url,
    /// What a commit survives.
    pub synchronous: Synchronous,
    /// Who may do what.
    pub rules: Rules,
    /// What people may type, and the texts of the answers.
    pub skills: Skills,
    /// How iterations are kept.
    pub iterations: Iterations,
    /// How environments are kept.
    pub upkeep: Upkeep,
    /// How long the audit is kept; for ever unless it is said.
    pub keep_audit: Option<Duration>,
    /// What they work on.
    pub project: Project,
    /// Where versions come from and environments run.
    pub workshops: Workshops,
    /// The console.
    pub web: web::Settings,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Chats besides the console.
    pub chats: Vec<Arc<dyn ChatAdapter>>,
    /// Slack, if it is used.
    pub slack: Option<Slack>,
}

/// A house whose parts are joined; its ledger can be written already, the loops are not yet at work.
pub struct Opened {
    house: House,
    /// The driver, without what it reads of other machines.
    local: Arc<dyn EnvironmentDriver>,
    writing: JoinSet<()>,
    handover: Handover,
    web: web::State,
    keep_audit: Option<Duration>,
    ended: mpsc::UnboundedReceiver<EnvironmentName>,
    slack: Option<slack::Opened>,
    /// Where figures are asked for, besides the console's own listener.
    watched: Option<TcpListener>,
}

/// Opens the store and joins the parts.
pub async fn open(settings: Settings) -> anyhow::Result<Opened> {
    let Settings { home, url, synchronous, rules, skills, iterations, upkeep, .. } = settings;
    let Settings { project, workshops, web, clock, ids, chats, slack, keep_audit, .. } = settings;
    let Workshops { source, driver, routes, ended } = workshops;
    // Everybody tells the database's time: several processes may share one.
    let time = StoreTime::default();
    let clock: Arc<dyn Clock> = Arc::new(StoreClock::over(clock, time.clone()));
    let metrics = Metrics::default();
    let (now, fresh) = (clock.clone(), ids.clone());
    let opening = Opening { url, synchronous, home, time, clock: now, ids: fresh, metrics: metrics.clone() };
    let (store, writer, handover) = Store::open(opening).await?;
    let project = Arc::new(project);
    let source = mirrors::kept_up(source, &store, &project);
    let local = driver;
    let driver = elsewhere::reading_elsewhere(local.clone(), &store, &ids);
    let console = Console { store: store.clone(), clock: clock.clone(), ids: ids.clone() };
    let console: Arc<dyn ChatAdapter> = Arc::new(console);
    let rules = Arc::new(ArcSwap::from_pointee(rules));
    let slack = slack.map(|slack| slack.open(&rules, &clock, None)).transpose()?;
    let chats = chats.into_iter().chain([console]).chain(slack.as_ref().map(slack::Opened::chat));
    let chats: HashMap<ChatName, _> = chats.map(|chat| (chat.abilities().name, measured(chat, &metrics))).collect();
    let skills = Arc::new(ArcSwap::from_pointee(skills));
    let known = Known::of(slack.as_ref().map(slack::Opened::known));
    let house = House {
        store,
        known,
        chats: Arc::new(chats),
        rules,
        skills,
        iterations: Arc::new(iterations),
        upkeep: Arc::new(upkeep),
        project,
        source,
        driver,
        clock,
        ids,
    };
    let connections = slack.iter().map(|slack| ("slack", slack.connections())).collect();
    let lookups = lookups(&house, Arc::new(connections));
    let web = web::State::new(&house.store, lookups, (house.ids.clone(), routes), web);
    let mut writing = JoinSet::new();
    writing.spawn(writer.run());
    // Before anything new comes in: what an earlier start left comes first in its lanes.
    house.store.take(Queue::Inbox).await?;
    house.store.take(Queue::Outbox).await?;
    // Before anybody works, so that whoever sees nothing left to do sees the truth.
    reconcile::touch_all(&house.store, house.upkeep.polls.keys()).await?;
    Ok(Opened { house, local, writing, handover, web, keep_audit, ended, slack, watched: None })
}

fn lookups(house: &House, connections: web::Connections) -> web::Lookups {
    web::Lookups {
        rules: house.rules.clone(),
        grammar: Arc::new(Map::new(house.skills.clone(), |skills: &Skills| &skills.grammar)),
        templates: Arc::new(Map::new(house.skills.clone(), |skills: &Skills| &skills.templates)),
        project: house.project.clone(),
        source: house.source.clone(),
        connections,
    }
}

impl Opened {
    /// The parts.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// The console's and the API's state, for a router without a listener.
    pub fn web(&self) -> &web::State {
        &self.web
    }

    /// Serves the figures there, too.
    #[must_use]
    pub fn watched_at(self, listener: TcpListener) -> Self {
        Self { watched: Some(listener), ..self }
    }

    /// Works until `stop`, or until a part fails. Ends what was begun, then closes the store.
    pub async fn run(self, listener: Option<TcpListener>, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { house, local, mut writing, handover, web, keep_audit, ended, slack, watched } = self;
        let answering = elsewhere::answer(house.store.clone(), local, stop.clone());
        let sealing = sealing::run(house.store.clone(), keep_audit, stop.clone());
        let watching = watch(house.store.clone(), ended, stop.clone());
        let listening = slack.map(|slack| slack.run(house.clone(), stop.clone()));
        let figures = watched.map(|listener| web::serve_metrics(listener, web.clone(), stop.clone()));
        let mut parts = parts(house, handover, listener.map(|listener| (listener, web)), &stop);
        parts.push(("logs", answering.map(Ok).boxed()));
        parts.push(("seals", sealing.map(Ok).boxed()));
        parts.push(("environments", watching.map(Ok).boxed()));
        parts.extend(figures.map(|figures| ("metrics", figures.boxed())));
        parts.extend(listening.map(|listening| ("slack", listening.boxed())));
        let result = run_parts(parts, &stop).await;
        // The parts, and with them all store handles of ours, are gone: the writer ends when it has written the rest.
        if tokio::time::timeout(LAST_WRITES, writing.join_next()).await.is_err() {
            tracing::warn!("the store did not close in time");
        }
        result
    }
}

type Part = BoxFuture<'static, anyhow::Result<()>>;

fn parts(
    house: House,
    handover: Handover,
    web: Option<(TcpListener, web::State)>,
    stop: &CancellationToken,
) -> Vec<(&'static str, Part)> {
    let inbox = Arc::new(Inbox { house: house.clone() });
    let stewards = reconcile::run(stewards(&house, stop), stop.clone());
    let timers = timers::run(house.store.clone(), stop.clone());
    let retention = retention::run(house.store.clone(), stop.clone());
    let alarms = alarms::run(house.store.clone(), stop.clone());
    let set_back = set_back::run(house.store.clone(), stop.clone());
    let courier = Arc::new(Courier { house });
    let inbox = lanes::run(inbox, handover.arrivals, stop.clone());
    let courier = lanes::run(courier, handover.effects, stop.clone());
    let mut parts: Vec<(&'static str, Part)> = vec![
        ("inbox", inbox.map(Ok).boxed()),
        ("courier", courier.map(Ok).boxed()),
        ("stewards", stewards.map(Ok).boxed()),
        ("timers", timers.map(Ok).boxed()),
        ("retention", retention.map(Ok).boxed()),
        ("alarms", alarms.map(Ok).boxed()),
        ("clock", set_back.map(Ok).boxed()),
    ];
    if let Some((listener, web)) = web {
        parts.push(("web", web::serve(listener, web, stop.clone()).boxed()));
    }
    parts
}

fn stewards(house: &House, stop: &CancellationToken) -> Stewards {
    let (templates, commands) = (house.skills.clone(), house.skills.clone());
    Stewards {
        store: house.store.clone(),
        chats: house.chats.clone(),
        templates: Arc::new(move || templates.load().templates.clone()),
        buttons: Arc::new(move || {
            commands.load().grammar.commands().iter().map(|spec| spec.name.to_string()).collect()
        }),
        room_name: house.iterations.room_name.clone(),
        project: house.project.clone(),
        driver: house.driver.clone(),
        source: house.source.clone(),
        check_every: house.upkeep.check_every,
        lost_after: house.upkeep.lost_after,
        polls: Arc::new(house.upkeep.polls.clone()),
        stop: stop.clone(),
        clock: house.clock.clone(),
        ids: house.ids.clone(),
    }
}

/// Lets the steward look when something of an environment ended by itself.
async fn watch(store: Store, mut ended: mpsc::UnboundedReceiver<EnvironmentName>, stop: CancellationToken) {
    loop {
        let environment = tokio::select! {
            () = stop.cancelled() => return,
            environment = ended.recv() => environment,
        };
        let Some(environment) = environment else { return stop.cancelled().await };
        let (keys, now) = ([TouchKey::Environment(environment)], store.clock().now());
        let touched =
            store.observe(Vec::new(), move |tx| Box::pin(async move { touches::touch(tx, &keys, now).await }));
        if let Err(cause) = touched.await {
            tracing::error!(error = %cause, "an environment that needs a look cannot be touched");
        }
    }
}

/// One part gone means the house closes: better a restart than half a bot.
async fn run_parts(parts: Vec<(&'static str, Part)>, stop: &CancellationToken) -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for (name, part) in parts {
        tasks.spawn(async move { (name, part.await) }.instrument(tracing::info_span!("part", name)));
    }
    let mut first = Ok(());
    while let Some(ended) = tasks.join_next().await {
        let (name, result) = ended.context("a part panicked")?;
        stop.cancel();
        first = first.and(result.with_context(|| format!("{name} failed")));
    }
    first
}
