//! What a test lets go wrong.

use std::time::Duration;

use tokio::time::sleep;

use super::api_faults::Fault;
use super::connections::Connection;
use super::handle::FakeSlack;
use super::settings::Rate;

impl FakeSlack {
    /// Every connection is reset, with no word before.
    pub fn drop_connections(&self) {
        self.shared.change(|world| {
            for connection in world.socket.connections.drain(..) {
                connection.line.cut();
            }
        });
    }

    /// The connections of now are recycled: a warning, the request after a grace, and the end after another (of a second
    /// at most).
    pub fn refresh(&self, grace: Duration) {
        let old: Vec<usize> = self.each_connection(|connection| {
            connection.orders.disconnect("warning");
            connection.number
        });
        let slack = self.shared.clone();
        self.run(async move {
            let each = |act: fn(&mut Connection)| {
                slack.change(|world| {
                    let connections = world.socket.connections.iter_mut();
                    connections.filter(|connection| old.contains(&connection.number)).for_each(act);
                });
            };
            sleep(grace).await;
            each(|connection| {
                connection.orders.disconnect("refresh_requested");
                connection.is_open = false;
            });
            sleep(grace.min(Duration::from_secs(1))).await;
            each(|connection| connection.orders.close());
        });
    }

    /// The connections of now are told off for a reason, and closed at once.
    pub fn disconnect(&self, reason: &str) {
        self.each_connection(|connection| {
            connection.orders.disconnect(reason);
            connection.orders.close();
            connection.is_open = false;
        });
    }

    /// The connections of now stay open and fall silent; Slack does not know, and goes on giving them their share.
    pub fn stall(&self) {
        self.each_connection(|connection| connection.line.silence());
    }

    /// Slack finds out about the silent ones, and forgets them.
    pub fn forget_stalled(&self) {
        self.shared.change(|world| {
            for connection in world.socket.connections.extract_if(.., |connection| connection.line.is_silent()) {
                connection.line.cut();
            }
        });
    }

    fn each_connection<T>(&self, act: impl FnMut(&mut Connection) -> T) -> Vec<T> {
        self.shared.change(|world| world.socket.connections.iter_mut().map(act).collect())
    }

    /// The greeting of later connections takes so long.
    pub fn hello_delay(&self, delay: Duration) {
        self.set(|settings| settings.hello_delay = delay);
    }

    /// The next envelopes are delivered twice.
    pub fn duplicate_next(&self, times: usize) {
        self.shared.change(|world| world.socket.duplicates = times);
    }

    /// The next envelopes are kept until there are so many, and then delivered in reverse.
    pub fn reorder_next(&self, count: usize) {
        self.shared.change(|world| world.socket.to_hold = count);
    }

    /// Calls go wrong by a rule, which is tried after those that stand already.
    pub fn api_fault(&self, fault: Fault) {
        self.shared.change(|world| world.faults.push(fault));
    }

    /// No call goes wrong any more.
    pub fn end_api_faults(&self) {
        self.shared.change(|world| world.faults.clear());
    }

    /// A channel takes so many messages a second, and so many at once after a pause.
    pub fn channel_rate(&self, per_second: f64, burst: f64) {
        self.set(|settings| settings.channel_rate = Some(Rate { per_second, burst }));
    }

    /// Every call takes so long.
    pub fn api_delay(&self, delay: Duration) {
        self.set(|settings| settings.api_delay = delay);
    }
}
