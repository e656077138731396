//! WebSocket connections: tickets, greetings, pings, and the way in for acknowledgements.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::envelopes::Socket;
use super::line::Line;
use super::shared::Shared;
use super::world::World;
use super::{APP, LARGEST_FRAME};

/// A connection that has been greeted.
pub(super) struct Connection {
    pub(super) number: usize,
    pub(super) orders: Orders,
    pub(super) line: Arc<Line>,
    /// Whether envelopes still go to it.
    pub(super) is_open: bool,
}

/// What a connection is told to do.
#[derive(Debug)]
pub(super) enum Order {
    Frame(String),
    Close,
}

/// The way to tell it.
#[derive(Clone)]
pub(super) struct Orders(UnboundedSender<Order>);

impl Orders {
    /// A connection that has just ended takes nothing, as a real one.
    pub(super) fn frame(&self, frame: &Value) {
        self.text(frame.to_string());
    }

    pub(super) fn text(&self, frame: String) {
        drop(self.0.send(Order::Frame(frame)));
    }

    pub(super) fn close(&self) {
        drop(self.0.send(Order::Close));
    }

    /// Announces the end.
    pub(super) fn disconnect(&self, reason: &str) {
        drop(self.0.send(Order::Frame(farewell(reason))));
    }
}

impl Socket {
    /// Connections take turns, also one that has fallen silent: nobody knows that yet.
    pub(super) fn next_connection(&mut self) -> Option<&Connection> {
        let open: Vec<usize> = (0..self.connections.len()).filter(|&at| self.connections[at].is_open).collect();
        if open.is_empty() {
            return None;
        }
        self.turn += 1;
        self.connections.get(open[self.turn % open.len()])
    }

    /// The connections that work.
    pub fn live(&self) -> usize {
        self.connections.iter().filter(|connection| connection.is_open && !connection.line.is_silent()).count()
    }
}

impl World {
    /// An address that lets one connection in.
    pub(super) fn apps_connections_open(&mut self) -> Value {
        let ticket = self.fresh_id("ticket-");
        self.socket.tickets.push((ticket.clone(), Instant::now() + self.settings.ticket_lifetime));
        let place = self.base.replacen("http", "ws", 1);
        json!({ "url": format!("{place}/link/?ticket={ticket}&app_id={APP}") })
    }

    /// A ticket is torn; tells whether it was good.
    pub(super) fn take_ticket(&mut self, ticket: &str) -> bool {
        let Some(at) = self.socket.tickets.iter().position(|(own, _)| own == ticket) else { return false };
        self.socket.tickets.remove(at).1 > Instant::now()
    }

    /// Greets a connection, if there is room for it.
    fn greet(&mut self, line: Arc<Line>) -> Option<(usize, UnboundedReceiver<Order>)> {
        if self.socket.connections.len() >= self.settings.max_connections {
            return None;
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        let orders = Orders(sender);
        self.socket.greetings += 1;
        let number = self.socket.greetings;
        orders.frame(&json!({
            "type": "hello", "num_connections": self.socket.connections.len() + 1,
            "debug_info": {
                "host": format!("applink-fake-{number}"), "build_number": 1, "approximate_connection_time": 18060,
            },
            "connection_info": { "app_id": APP },
        }));
        self.socket.connections.push(Connection { number, orders, line, is_open: true });
        Some((number, receiver))
    }
}

/// Serves a connection until it ends.
pub(super) async fn serve(mut socket: WebSocket, line: Arc<Line>, shared: Arc<Shared>) {
    let (hello_delay, ping_interval) = shared.look(|world| (world.settings.hello_delay, world.settings.ping_interval));
    if !hello_delay.is_zero() {
        sleep(hello_delay).await;
    }
    let Some((number, orders)) = shared.change(|world| world.greet(line)) else {
        if socket.send(Message::Text(farewell("too_many_websockets").into())).await.is_ok() {
            end(&mut socket, None).await;
        }
        return;
    };
    let mut pings = interval(ping_interval);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    talk(&mut socket, Talk { number, orders, pings, shared: &shared }).await;
    shared.change(|world| world.socket.connections.retain(|connection| connection.number != number));
}

struct Talk<'s> {
    number: usize,
    orders: UnboundedReceiver<Order>,
    pings: tokio::time::Interval,
    shared: &'s Shared,
}

async fn talk(socket: &mut WebSocket, mut talk: Talk<'_>) {
    loop {
        let sent = tokio::select! {
            // The greeting comes before the first ping.
            biased;
            order = talk.orders.recv() => match order {
                Some(Order::Frame(frame)) => socket.send(Message::Text(frame.into())).await,
                Some(Order::Close) | None => return end(socket, None).await,
            },
            _ = talk.pings.tick() => socket.send(Message::Ping("ping from applink-fake".into())).await,
            frame = socket.recv() => match frame {
                Some(Ok(Message::Text(text))) if text.len() > LARGEST_FRAME => return end(socket, Some(1009)).await,
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).unwrap_or_default();
                    talk.shared.change(|world| world.take_ack(talk.number, &frame));
                    Ok(())
                }
                Some(Ok(Message::Close(_))) => {
                    talk.shared.change(|world| world.socket.closed_by_app += 1);
                    return;
                }
                Some(Err(_)) | None => return,
                Some(Ok(_)) => Ok(()),
            },
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Closes in order, and waits a little for the other side to agree.
async fn end(socket: &mut WebSocket, code: Option<u16>) {
    let frame = code.map(|code| CloseFrame { code, reason: "frame is too big".into() });
    if socket.send(Message::Close(frame)).await.is_ok() {
        let agreed = async { while let Some(Ok(_)) = socket.recv().await {} };
        drop(timeout(std::time::Duration::from_secs(1), agreed).await);
    }
}

/// The frame that announces the end.
fn farewell(reason: &str) -> String {
    json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "applink-fake" } }).to_string()
}
