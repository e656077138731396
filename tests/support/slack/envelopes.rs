//! Envelopes: to which connection each goes, when it goes again, and what was answered.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::connections::Connection;
use super::world::World;

pub(super) const EVENTS_API: &str = "events_api";
pub(super) const INTERACTIVE: &str = "interactive";
pub(super) const SLASH_COMMANDS: &str = "slash_commands";

/// Socket Mode's part of the workspace.
#[derive(Default)]
pub struct Socket {
    pub envelopes: Vec<Envelope>,
    /// Acknowledgements of nothing that was sent.
    pub unknown_acks: usize,
    /// Greetings so far.
    pub greetings: usize,
    /// Connections that the app closed in order.
    pub closed_by_app: usize,
    pub(super) connections: Vec<Connection>,
    pub(super) tickets: Vec<(String, Instant)>,
    pub(super) turn: usize,
    pub(super) duplicates: usize,
    pub(super) to_hold: usize,
    pub(super) held: Vec<usize>,
}

/// Where an envelope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is kept back, to be sent out of order.
    Held,
    /// It is sent at that moment.
    Waiting(Instant),
    /// It is sent, and must be acknowledged by then.
    Sent(Instant),
    Acked,
    /// It is not sent again.
    GivenUp,
}

/// What is to be done with an acknowledgement's payload.
#[derive(Clone, Debug)]
pub(super) enum After {
    Nothing,
    /// It is a message for this response URL.
    Command(String),
    /// It says what becomes of this view.
    Submission(String),
}

/// Something for the app.
pub(super) struct Fresh {
    pub(super) kind: &'static str,
    pub(super) payload: Value,
    pub(super) accepts: bool,
    pub(super) after: After,
}

/// Something for the app, with its fate.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// One id for each attempt; the payload's own id stays.
    pub ids: Vec<String>,
    pub kind: &'static str,
    pub payload: Value,
    pub state: State,
    /// How often it was sent again.
    pub retries: usize,
    pub deliveries: Vec<Delivery>,
    pub ack: Option<Ack>,
    /// What was wrong with the acknowledgement.
    pub invalid_ack: Option<String>,
    accepts: bool,
    after: After,
}

/// An envelope went out.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: String,
    pub connection: usize,
    pub at: Instant,
}

/// An envelope was acknowledged.
#[derive(Clone, Debug)]
pub struct Ack {
    pub id: String,
    /// From the delivery under that id.
    pub took: Duration,
    pub connection: usize,
    /// `Null` if there was none.
    pub payload: Value,
    /// It came when the envelope was already taken for lost.
    pub is_late: bool,
}

impl World {
    /// Sends something to the app; gives its number among the envelopes.
    pub(super) fn dispatch(&mut self, fresh: Fresh) -> usize {
        let number = self.socket.envelopes.len();
        let id = self.fresh_id("envelope-");
        let Fresh { kind, payload, accepts, after } = fresh;
        self.socket.envelopes.push(Envelope {
            ids: vec![id],
            kind,
            payload,
            state: State::Held,
            retries: 0,
            deliveries: Vec::new(),
            ack: None,
            invalid_ack: None,
            accepts,
            after,
        });
        if self.socket.to_hold > 0 {
            self.socket.to_hold -= 1;
            self.socket.held.push(number);
            if self.socket.to_hold == 0 {
                for number in std::mem::take(&mut self.socket.held).into_iter().rev() {
                    self.deliver(number);
                }
            }
            return number;
        }
        self.deliver(number);
        if self.socket.duplicates > 0 && matches!(self.socket.envelopes[number].state, State::Sent(_)) {
            self.socket.duplicates -= 1;
            self.deliver(number);
        }
        number
    }

    /// Sends what is due, and gives up or postpones what was not acknowledged. Tells whether anything happened, and
    /// when there is more to do.
    pub(super) fn tick(&mut self, now: Instant) -> (bool, Option<Instant>) {
        let mut did = false;
        for number in 0..self.socket.envelopes.len() {
            if matches!(self.socket.envelopes[number].state, State::Sent(deadline) if deadline <= now) {
                self.try_later(number, now);
                did = true;
            }
            if matches!(self.socket.envelopes[number].state, State::Waiting(due) if due <= now) {
                self.deliver(number);
                did = true;
            }
        }
        let next = self.socket.envelopes.iter().filter_map(|envelope| match envelope.state {
            State::Waiting(at) | State::Sent(at) => Some(at),
            State::Held | State::Acked | State::GivenUp => None,
        });
        (did, next.min())
    }

    fn deliver(&mut self, number: usize) {
        let (now, timeout) = (Instant::now(), self.settings.ack_timeout);
        let Some(connection) = self.socket.next_connection() else { return self.try_later(number, now) };
        let connection_number = connection.number;
        let orders = connection.orders.clone();
        let envelope = &mut self.socket.envelopes[number];
        orders.frame(&envelope.frame());
        let id = envelope.id().to_owned();
        envelope.deliveries.push(Delivery { id, connection: connection_number, at: now });
        envelope.state = State::Sent(now + timeout);
    }

    /// Events are sent again, each time after a longer pause; clicks and commands never.
    fn try_later(&mut self, number: usize, now: Instant) {
        let id = self.fresh_id("envelope-");
        let envelope = &mut self.socket.envelopes[number];
        let delay = self.settings.retry_delays.get(envelope.retries).filter(|_| envelope.kind == EVENTS_API);
        envelope.state = match delay {
            None => State::GivenUp,
            Some(delay) => {
                envelope.retries += 1;
                envelope.ids.push(id);
                State::Waiting(now + *delay)
            }
        };
    }

    /// A connection acknowledges.
    pub(super) fn take_ack(&mut self, connection: usize, frame: &Value) {
        let Some(id) = frame["envelope_id"].as_str() else { return };
        let is_it = |envelope: &Envelope| envelope.ids.iter().any(|own| own == id);
        let Some(number) = self.socket.envelopes.iter().position(is_it) else {
            self.socket.unknown_acks += 1;
            return;
        };
        let envelope = &mut self.socket.envelopes[number];
        let delivery = envelope.deliveries.iter().rev().find(|delivery| delivery.id == id);
        let (Some(delivery), None) = (delivery, &envelope.ack) else { return };
        let payload = frame["payload"].clone();
        envelope.ack = Some(Ack {
            id: id.into(),
            took: delivery.at.elapsed(),
            connection,
            payload: payload.clone(),
            is_late: !matches!(envelope.state, State::Sent(_)) || envelope.id() != id,
        });
        envelope.state = State::Acked;
        let (after, accepts) = (envelope.after.clone(), envelope.accepts);
        let invalid = if accepts || payload.is_null() {
            self.carry_out(&after, &payload)
        } else {
            Some("this envelope takes no payload".to_owned())
        };
        self.socket.envelopes[number].invalid_ack = invalid;
    }

    fn carry_out(&mut self, after: &After, payload: &Value) -> Option<String> {
        match after {
            After::Nothing => None,
            After::Command(_) if payload.is_null() || *payload == json!({}) => None,
            After::Command(key) => self.apply_response(key, payload).err().map(|error| error.code),
            After::Submission(view) => self.finish_submission(view, payload).err(),
        }
    }
}

impl Envelope {
    /// The id of the newest attempt.
    pub fn id(&self) -> &str {
        self.ids.last().map_or("", String::as_str)
    }

    fn frame(&self) -> Value {
        let mut frame = json!({
            "envelope_id": self.id(), "type": self.kind, "payload": self.payload,
            "accepts_response_payload": self.accepts,
        });
        if self.kind == EVENTS_API {
            frame["retry_attempt"] = json!(self.retries);
            frame["retry_reason"] = json!(if self.retries == 0 { "" } else { "timeout" });
        }
        frame
    }
}
