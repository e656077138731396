//! What Slack may send some day, or what only looks like Slack.

use serde_json::Value;

use super::envelopes::{After, Fresh};
use super::handle::FakeSlack;
use super::sent::Sent;

impl FakeSlack {
    /// An envelope of any kind, with any payload; await it for the answer.
    pub fn sends_envelope(&self, kind: &'static str, payload: Value) -> Sent {
        let fresh = Fresh { kind, payload: payload.clone(), accepts: false, after: After::Nothing };
        let number = self.shared.change(|world| world.dispatch(fresh));
        Sent::as_envelope(self, number, payload)
    }

    /// A text frame that is sent as it is, on every connection.
    pub fn sends_text(&self, frame: &str) {
        self.shared.change(|world| {
            for connection in &world.socket.connections {
                connection.orders.text(frame.to_owned());
            }
        });
    }
}
