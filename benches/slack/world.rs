//! What the workspace knows: its sockets, what was said and answered, and what must be sent again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::time::{Duration, Instant};

use chamberlain::ports::{Clock, SystemClock};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::envelopes::{self, Said};
use crate::load::Load;

/// The people and the channels.
pub(super) const USERS: usize = 50;
const CHANNELS: usize = 20;

/// How long an acknowledgement may take, and the waits before an event is sent again. Slack's are none, a minute and
/// five.
const ACK: Duration = Duration::from_secs(3);
const AGAIN: [Duration; 3] = [Duration::ZERO, Duration::from_secs(6), Duration::from_secs(20)];

/// What a socket is told to do.
pub(super) enum Order {
    /// Send the try of a message: its moment counts.
    Event(usize, String),
    Frame(String),
    /// End without a word.
    Drop,
    Close,
}

struct Connection {
    number: usize,
    orders: UnboundedSender<Order>,
}

/// A post of the bot, kept to be found.
pub(super) struct Posted {
    pub(super) ts: String,
    pub(super) metadata: serde_json::Value,
}

/// What is due: an acknowledgement that should have come, or another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Ack { load: usize, number: usize, attempt: usize },
    Send { load: usize, number: usize },
}

/// The workspace.
#[derive(Default)]
pub(super) struct World {
    connections: Vec<Connection>,
    turn: usize,
    stamps: i64,
    due: BinaryHeap<Reverse<(Instant, Due)>>,
    /// When each connection was greeted.
    pub(super) hellos: Vec<Instant>,
    /// Of each method, how often it was called.
    pub(super) calls: BTreeMap<String, usize>,
    /// How long every call takes.
    pub(super) delay: Duration,
    /// A message is sent with the next greeting.
    pub(super) greets_with_message: bool,
    /// What was posted of late, by channel.
    pub(super) posted: HashMap<String, Vec<Posted>>,
    pub(super) load: Load,
}

pub(super) fn user(number: usize) -> String {
    format!("U0USER{number:03}")
}

fn channel(number: usize) -> String {
    format!("C0ROOM{:03}", number % CHANNELS)
}

impl World {
    /// A time stamp that no other message has.
    pub(super) fn stamp(&mut self) -> String {
        self.stamps += 1;
        let millis = SystemClock.now().as_millis();
        format!("{}.{:06}", millis / 1000, millis % 1000 * 1000 + self.stamps % 1000)
    }

    /// Greets a connection.
    pub(super) fn greet(&mut self) -> (usize, UnboundedReceiver<Order>) {
        let (orders, told) = unbounded_channel();
        self.hellos.push(Instant::now());
        let number = self.hellos.len();
        self.connections.push(Connection { number, orders: orders.clone() });
        orders.send(Order::Frame(envelopes::hello(self.connections.len()))).ok();
        if std::mem::take(&mut self.greets_with_message) {
            self.say();
        }
        (number, told)
    }

    pub(super) fn gone(&mut self, number: usize) {
        self.connections.retain(|connection| connection.number != number);
    }

    pub(super) fn open_connections(&self) -> usize {
        self.connections.len()
    }

    /// Breaks every connection.
    pub(super) fn drop_all(&mut self) {
        for connection in self.connections.drain(..) {
            connection.orders.send(Order::Drop).ok();
        }
    }

    /// Tells something to each connection that is open now.
    pub(super) fn announce(&self, reason: &str) -> Vec<usize> {
        let tell = |connection: &Connection| {
            connection.orders.send(Order::Frame(envelopes::farewell(reason))).ok();
            connection.number
        };
        self.connections.iter().map(tell).collect()
    }

    /// Closes connections in order.
    pub(super) fn close(&mut self, numbers: &[usize]) {
        for connection in self.connections.extract_if(.., |connection| numbers.contains(&connection.number)) {
            connection.orders.send(Order::Close).ok();
        }
    }

    fn next_connection(&mut self) -> Option<&Connection> {
        self.turn += 1;
        let count = self.connections.len().max(1);
        self.connections.get(self.turn % count)
    }

    /// A person says the next message of the load.
    pub(super) fn say(&mut self) {
        let ts = self.stamp();
        let number = self.load.said(ts);
        self.deliver(number);
    }

    fn deliver(&mut self, number: usize) {
        let load = self.load.number;
        let message = &mut self.load.messages[number];
        message.attempts += 1;
        let (attempt, id) = (message.attempts, format!("{load}.{number}.{}", message.attempts));
        let (user, channel) = (user(number * 7 % USERS), channel(number));
        let said = Said { user: &user, channel: &channel, ts: &message.ts };
        let frame = envelopes::said(&id, &said, &format!("echo token-{load}-{number}-"), attempt - 1);
        match self.next_connection() {
            Some(connection) => {
                connection.orders.send(Order::Event(number, frame)).ok();
                self.due.push(Reverse((Instant::now() + ACK, Due::Ack { load, number, attempt })));
            }
            None => self.send_later(number),
        }
    }

    fn send_later(&mut self, number: usize) {
        let load = self.load.number;
        if let Some(wait) = AGAIN.get(self.load.messages[number].attempts - 1) {
            self.due.push(Reverse((Instant::now() + *wait, Due::Send { load, number })));
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self) {
        let now = Instant::now();
        while self.due.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, due))) = self.due.pop() else { return };
            let (Due::Ack { load, number, .. } | Due::Send { load, number }) = due;
            if load != self.load.number || self.load.messages[number].acked.is_some() {
                continue;
            }
            match due {
                Due::Ack { attempt, .. } if attempt == self.load.messages[number].attempts => self.send_later(number),
                Due::Ack { .. } => {}
                Due::Send { .. } => self.deliver(number),
            }
        }
    }

    /// The bot has posted: everybody hears it, and so does the bot.
    pub(super) fn post(&mut self, (channel, text): (&str, &str), metadata: serde_json::Value) -> String {
        let ts = self.stamp();
        let posted = self.posted.entry(channel.to_owned()).or_default();
        posted.push(Posted { ts: ts.clone(), metadata });
        // What is older is found on a later page of Slack's; nobody looks so far back.
        if posted.len() > 400 {
            posted.drain(..200);
        }
        let frame = envelopes::own("own", (channel, &ts), text);
        if let Some(connection) = self.next_connection() {
            connection.orders.send(Order::Frame(frame)).ok();
        }
        ts
    }
}
