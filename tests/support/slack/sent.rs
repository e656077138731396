//! Something that somebody did, on its way to the bot, and the bot's answer to it.

use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use super::envelopes::{Envelope, State};
use super::handle::FakeSlack;

/// On its way; await it for the answer, or go on without.
pub struct Sent {
    slack: FakeSlack,
    way: Way,
    /// What was sent.
    pub payload: Value,
}

enum Way {
    Envelope(usize),
    /// The client did not send it.
    Refused(String),
}

/// What somebody gets back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The acknowledgement's payload; `Null` if there was none.
    pub payload: Value,
    /// What went wrong: `dispatch_failed` (nobody was connected), `operation_timeout` (nobody answered in time), what was
    /// wrong with the payload, or why the client did not send it.
    pub error: Option<String>,
    /// From the delivery to the acknowledgement.
    pub took: Duration,
}

impl Sent {
    pub(super) fn as_envelope(slack: &FakeSlack, number: usize, payload: Value) -> Self {
        Self { slack: slack.clone(), way: Way::Envelope(number), payload }
    }

    pub(super) fn refused(slack: &FakeSlack, refusal: String) -> Self {
        Self { slack: slack.clone(), way: Way::Refused(refusal), payload: Value::Null }
    }

    /// The envelope, as it stands now.
    pub fn envelope(&self) -> Option<Envelope> {
        match self.way {
            Way::Envelope(number) => self.slack.shared.look(|world| world.socket.envelopes.get(number).cloned()),
            Way::Refused(_) => None,
        }
    }

    /// The answer.
    pub async fn answer(&self) -> Answer {
        match &self.way {
            Way::Refused(refusal) => failed(refusal),
            Way::Envelope(number) => {
                self.slack.wait_for(|world| world.socket.envelopes.get(*number).and_then(answer_to)).await
            }
        }
    }
}

impl IntoFuture for Sent {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.answer().await })
    }
}

fn answer_to(envelope: &Envelope) -> Option<Answer> {
    let was_given_up = matches!(envelope.state, State::GivenUp);
    match &envelope.ack {
        // Too late for the one who waits.
        Some(ack) if ack.is_late => Some(failed("operation_timeout")),
        Some(ack) => Some(Answer { payload: ack.payload.clone(), error: envelope.invalid_ack.clone(), took: ack.took }),
        None if was_given_up && envelope.deliveries.is_empty() => Some(failed("dispatch_failed")),
        None if was_given_up => Some(failed("operation_timeout")),
        None => None,
    }
}

fn failed(error: &str) -> Answer {
    Answer { payload: Value::Null, error: Some(error.into()), took: Duration::ZERO }
}
