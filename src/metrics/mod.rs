//! What is counted and measured, for whoever watches the house from outside. Every label's values are words of ours,
//! a few dozen in all: never a name that people, rooms or repositories have, which would grow without an end and tell
//! strangers more than they need.

mod labels;
mod process;
mod stock;

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use labels::{ByCaller, BySource};
pub use labels::{ChatCall, Decided, Delivered, Deployed, Looked, Requested};
use process::Process;
pub use stock::Stock;

use crate::domain::Timestamp;

/// Seconds, from a quick commit to a deployment.
const BUCKETS: [f64; 15] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0, 600.0];

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// The house's figures; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    figures: Figures,
    stock: stock::Gauges,
}

struct Figures {
    decided: Family<Decided, Counter>,
    decided_in: Times<BySource>,
    delivered: Family<Delivered, Counter>,
    delivered_in: Histogram,
    chat_calls: Family<ChatCall, Counter>,
    chat_calls_in: Times<ByCaller>,
    looked: Family<Looked, Counter>,
    deployed: Family<Deployed, Counter>,
    deployed_in: Histogram,
    committed_in: Histogram,
    commits_failed: Counter,
    terms_lost: Counter,
    broken_off: Counter,
    requested: Family<Requested, Counter>,
    requested_in: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        process::note_start();
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Process));
        let ours = registry.sub_registry_with_prefix("chamberlain");
        ours.register("build", "Which release this is", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let figures = Figures::registered(ours);
        let stock = stock::Gauges::registered(ours);
        Self(Arc::new(Inner { registry, figures, stock }))
    }
}

impl Metrics {
    /// An event was decided, and its decision is on disk.
    pub fn decided(&self, labels: Decided, waited: Duration) {
        let by_source = BySource { source: labels.source };
        self.0.figures.decided.get_or_create(&labels).inc();
        self.0.figures.decided_in.get_or_create(&by_source).observe(waited.as_secs_f64());
    }

    /// A deed came to its end, so long after it was decided.
    pub fn delivered(&self, labels: Delivered, waited: Duration) {
        self.0.figures.delivered.get_or_create(&labels).inc();
        self.0.figures.delivered_in.observe(waited.as_secs_f64());
    }

    /// A chat was asked for something.
    pub fn called(&self, labels: ChatCall, taken: Duration) {
        let by_caller = ByCaller { chat: labels.chat };
        self.0.figures.chat_calls.get_or_create(&labels).inc();
        self.0.figures.chat_calls_in.get_or_create(&by_caller).observe(taken.as_secs_f64());
    }

    /// A steward has looked.
    pub fn looked(&self, labels: Looked) {
        self.0.figures.looked.get_or_create(&labels).inc();
    }

    /// A deployment ended, so long after it began.
    pub fn deployed(&self, labels: Deployed, taken: Duration) {
        self.0.figures.deployed.get_or_create(&labels).inc();
        self.0.figures.deployed_in.observe(taken.as_secs_f64());
    }

    /// A transaction is on disk.
    pub fn committed(&self, taken: Duration) {
        self.0.figures.committed_in.observe(taken.as_secs_f64());
    }

    /// The database refused a transaction.
    pub fn commit_failed(&self) {
        self.0.figures.commits_failed.inc();
    }

    /// The lease was lost; what was in hand is broken off.
    pub fn term_lost(&self) {
        self.0.figures.terms_lost.inc();
    }

    /// Something that was begun was broken off, since the lease was lost. Gives how much was so far.
    pub fn broken_off(&self) -> u64 {
        self.0.figures.broken_off.inc() + 1
    }

    /// How much was broken off so far.
    pub fn count_broken_off(&self) -> u64 {
        self.0.figures.broken_off.get()
    }

    /// A request was answered.
    pub fn requested(&self, labels: &Requested, taken: Duration) {
        self.0.figures.requested.get_or_create(labels).inc();
        self.0.figures.requested_in.observe(taken.as_secs_f64());
    }

    /// So many connections to a chat are open.
    pub fn connected(&self, chat: &'static str, count: usize) {
        self.0.stock.connected(chat, count);
    }

    /// What stands in the database now.
    pub fn stands(&self, stock: &Stock, now: Timestamp) {
        self.0.stock.stands(stock, now);
    }

    /// All of it in the `OpenMetrics` text format, version 1.0.0.
    ///
    /// # Errors
    /// None that happens: writing into a text does not fail.
    pub fn to_text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.0.registry)?;
        Ok(out)
    }
}

impl Figures {
    fn registered(registry: &mut Registry) -> Self {
        let mut counted = Counted(registry);
        Self {
            decided: counted.family("events", "Events decided, by where they came from and what came of them"),
            decided_in: counted.times("event", "From an event's arrival until its decision is on disk"),
            delivered: counted.family("effects", "Deeds that came to their end, by their kind and how they ended"),
            delivered_in: counted.time("effect", "From a deed's decision until the outside has answered it"),
            chat_calls: counted.family("chat_calls", "Calls to a chat, by what was asked for and how they ended"),
            chat_calls_in: counted.times("chat_call", "How long calls to a chat took"),
            looked: counted.family("looks", "Looks of stewards, by what they looked at and how they ended"),
            deployed: counted.family("deployments", "Deployments that ended, by their cause and how they ended"),
            deployed_in: counted.time("deployment", "How long deployments took that were begun"),
            committed_in: counted.time("commit", "How long transactions took until they were on disk"),
            commits_failed: counted.count("commit_failures", "Transactions that the database refused"),
            terms_lost: counted.count("terms_lost", "How often the lease on the database was lost"),
            broken_off: counted.count("broken_off", "Deeds, decisions and looks broken off when a lease was lost"),
            requested: counted.family("http_requests", "Requests answered, by route and class of status"),
            requested_in: counted.time("http_request", "How long requests took until their answer began"),
        }
    }
}

/// Registers what counts and what measures.
struct Counted<'r>(&'r mut Registry);

impl Counted<'_> {
    fn count(&mut self, name: &str, help: &str) -> Counter {
        let counter = Counter::default();
        self.0.register(name, help, counter.clone());
        counter
    }

    fn family<L>(&mut self, name: &str, help: &str) -> Family<L, Counter>
    where
        L: EncodeLabelSet + Clone + std::hash::Hash + Eq + std::fmt::Debug + Send + Sync + 'static,
    {
        let family = Family::default();
        self.0.register(name, help, family.clone());
        family
    }

    fn time(&mut self, name: &str, help: &str) -> Histogram {
        let time = Histogram::new(BUCKETS);
        self.0.register_with_unit(name, help, Unit::Seconds, time.clone());
        time
    }

    fn times<L>(&mut self, name: &str, help: &str) -> Times<L>
    where
        L: EncodeLabelSet + Clone + std::hash::Hash + Eq + std::fmt::Debug + Send + Sync + 'static,
    {
        let times: Times<L> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        self.0.register_with_unit(name, help, Unit::Seconds, times.clone());
        times
    }
}
