//! What stands in the database: looked at now and then, so that asking for the figures costs it nothing.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::domain::Timestamp;

/// What stood in the database at a look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// Events that are not decided.
    pub events: i64,
    /// Since when the first of them has waited.
    pub oldest_event: Option<Timestamp>,
    /// Deeds that are not done.
    pub effects: i64,
    /// Since when the first of them has waited.
    pub oldest_effect: Option<Timestamp>,
    /// Events that were set aside for a person.
    pub parked: i64,
    /// Iterations that are open.
    pub iterations: i64,
    /// Environments that should be there.
    pub environments: i64,
    /// Deployments under way.
    pub running: i64,
    /// Deployments that wait for another.
    pub queued: i64,
    /// Processes at work on the database.
    pub replicas: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfChat {
    chat: &'static str,
}

#[derive(Default)]
pub(super) struct Gauges {
    events: Gauge,
    oldest_event: Gauge<f64, std::sync::atomic::AtomicU64>,
    effects: Gauge,
    oldest_effect: Gauge<f64, std::sync::atomic::AtomicU64>,
    parked: Gauge,
    iterations: Gauge,
    environments: Gauge,
    running: Gauge,
    queued: Gauge,
    replicas: Gauge,
    connections: Family<OfChat, Gauge>,
}

impl Gauges {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let ours = Self::default();
        let mut gauge = |name, help, gauge: &Gauge| registry.register(name, help, gauge.clone());
        gauge("events_open", "Events that are not decided", &ours.events);
        gauge("effects_open", "Deeds that are not done", &ours.effects);
        gauge("events_parked", "Events that were set aside for a person", &ours.parked);
        gauge("iterations_open", "Iterations that are open", &ours.iterations);
        gauge("environments_wished", "Environments that should be there", &ours.environments);
        gauge("deployments_running", "Deployments under way", &ours.running);
        gauge("deployments_queued", "Deployments that wait for another", &ours.queued);
        gauge("replicas", "Processes at work on the database", &ours.replicas);
        let mut oldest = |name, help, gauge: &Gauge<f64, _>| {
            registry.register_with_unit(name, help, Unit::Seconds, gauge.clone());
        };
        oldest("oldest_event", "For how long the first event has waited that is not decided", &ours.oldest_event);
        oldest("oldest_effect", "For how long the first deed has waited that is not done", &ours.oldest_effect);
        registry.register("chat_connections", "Open connections to a chat", ours.connections.clone());
        ours
    }

    pub(super) fn connected(&self, chat: &'static str, count: usize) {
        self.connections.get_or_create(&OfChat { chat }).set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    pub(super) fn stands(&self, stock: &Stock, now: Timestamp) {
        let waited = |since: Option<Timestamp>| since.map_or(0.0, |since| now.since(since).as_secs_f64());
        self.events.set(stock.events);
        self.oldest_event.set(waited(stock.oldest_event));
        self.effects.set(stock.effects);
        self.oldest_effect.set(waited(stock.oldest_effect));
        self.parked.set(stock.parked);
        self.iterations.set(stock.iterations);
        self.environments.set(stock.environments);
        self.running.set(stock.running);
        self.queued.set(stock.queued);
        self.replicas.set(stock.replicas);
    }
}
