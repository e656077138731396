//! The workspace as the fake keeps it: everything that a call, an envelope or a person can change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chamberlain::ports::Clock;
use serde_json::Value;
use tokio::time::Instant;

use super::api_faults::Fault;
use super::calls::Call;
use super::channels::Channel;
use super::envelopes::Socket;
use super::files::Upload;
use super::people::{Group, Person};
use super::response_urls::ResponseUrl;
use super::settings::{EVENTS, SCOPES, Settings};
use super::triggers::Trigger;
use super::views::View;

/// The workspace. Tests look at it; only the fake changes it.
pub struct World {
    pub settings: Settings,
    /// What the app may do.
    pub scopes: BTreeSet<String>,
    /// The events that the app hears.
    pub events: BTreeSet<String>,
    pub people: Vec<Person>,
    pub groups: Vec<Group>,
    pub channels: Vec<Channel>,
    pub views: Vec<View>,
    pub calls: Vec<Call>,
    pub socket: Socket,
    pub(super) faults: Vec<Fault>,
    /// What was chosen in a message or a view: by surface, block and action.
    pub(super) choices: BTreeMap<(String, String, String), Value>,
    pub(super) triggers: BTreeMap<String, Trigger>,
    pub(super) response_urls: BTreeMap<String, ResponseUrl>,
    /// Files on their way and shared, by id.
    pub files: BTreeMap<String, Upload>,
    /// What a channel still takes at once, and since when.
    pub(super) buckets: BTreeMap<String, (f64, Instant)>,
    pub(super) base: String,
    pub(super) clock: Arc<dyn Clock>,
    last_micros: i64,
    last_number: u64,
}

impl World {
    pub(super) fn new(base: String, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings: Settings::default(),
            scopes: SCOPES.iter().map(|&scope| scope.into()).collect(),
            events: EVENTS.iter().map(|&event| event.into()).collect(),
            people: vec![Person::bot()],
            groups: Vec::new(),
            channels: Vec::new(),
            views: Vec::new(),
            calls: Vec::new(),
            socket: Socket::default(),
            faults: Vec::new(),
            choices: BTreeMap::new(),
            triggers: BTreeMap::new(),
            response_urls: BTreeMap::new(),
            files: BTreeMap::new(),
            buckets: BTreeMap::new(),
            base,
            clock,
            last_micros: 0,
            last_number: 0,
        }
    }

    /// A message's stamp, later than every one before it.
    pub(super) fn fresh_ts(&mut self) -> String {
        self.last_micros = (self.clock.now().as_millis() * 1000).max(self.last_micros + 1);
        format!("{}.{:06}", self.last_micros / 1_000_000, self.last_micros % 1_000_000)
    }

    /// The time in seconds.
    pub(super) fn seconds(&self) -> i64 {
        self.clock.now().as_millis() / 1000
    }

    /// An id of a kind, such as `C` for channels.
    pub(super) fn fresh_id(&mut self, kind: &str) -> String {
        self.last_number += 1;
        format!("{kind}{:09}", self.last_number)
    }
}
