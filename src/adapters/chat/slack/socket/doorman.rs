//! Takes in what sockets bring: on disk first, then acknowledged. What cannot be stored is told to whoever did it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use slack_morphism::{SlackSocketModeClientListener, SlackSocketModeWssClientId};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::domain::ChatName;
use crate::event::chat::slack::{Envelope, NAME, Sorted, Us, sort};
use crate::event::{Arrival, Source};
use crate::ports::{Intake, IntakeError};

/// How long storing may take before whoever pressed or typed is told; Slack waits three seconds.
const STORE: Duration = Duration::from_millis(1500);
/// How long telling them may take.
const TELL: Duration = Duration::from_millis(900);

/// What an envelope may tell besides what is stored.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// People or their groups may have changed.
    pub people: Arc<Notify>,
    /// Slack has taken our tokens away.
    pub revoked: CancellationToken,
}

/// Why something is not known to be stored, in words for whoever did it.
#[derive(Debug, thiserror::Error)]
enum Unstored {
    /// It is not stored.
    #[error("Nothing was done: {0}. Please press or type it again in a minute.")]
    Refused(#[from] IntakeError),
    /// It may yet be.
    #[error(
        "I am slow just now, and cannot say yet whether this will be done. If nothing has happened in a minute, press or type it again."
    )]
    Late,
}

/// Takes in what sockets bring.
pub struct Doorman {
    /// Where it is stored.
    pub intake: Arc<dyn Intake>,
    /// Who we are in the workspace.
    pub us: Us,
    /// Over which people are told at once.
    pub http: reqwest::Client,
    /// What else an envelope may tell.
    pub hints: Hints,
}

#[async_trait]
impl SlackSocketModeClientListener for Doorman {
    /// Gives the acknowledgement of a frame; none for a frame that must come again.
    async fn on_message(&self, socket: &SlackSocketModeWssClientId, frame: String) -> Option<String> {
        let ack = self.take(frame).await;
        if ack.is_none() {
            tracing::error!(socket = %socket.to_string(), "a frame of Slack is not acknowledged");
        }
        ack
    }

    async fn on_error(&self, error: Box<dyn std::error::Error + Send + Sync>) {
        tracing::warn!(%error, "a socket to Slack failed");
    }

    async fn on_disconnect(&self, socket: &SlackSocketModeWssClientId) {
        tracing::debug!(socket = %socket.to_string(), "a socket to Slack is gone");
    }
}

impl Doorman {
    /// Takes a frame in, and gives its acknowledgement; none for a frame that must come again.
    pub async fn take(&self, frame: String) -> Option<String> {
        let envelope = Envelope::read(&frame)?;
        let ack = |answer: Option<Value>| {
            let id = envelope.id.as_str();
            match answer {
                Some(answer) => json!({ "envelope_id": id, "payload": answer }).to_string(),
                None => json!({ "envelope_id": id }).to_string(),
            }
        };
        match sort(&envelope, &self.us) {
            Sorted::Leave => {}
            Sorted::People => self.hints.people.notify_one(),
            Sorted::Revoked => self.hints.revoked.cancel(),
            Sorted::Take { key, lane } => {
                let source = Source::Chat(ChatName::new(NAME));
                let arrival = Arrival { source, dedup_key: key, lane, body: frame, talk: None };
                if let Err(why) = self.store(&envelope, arrival).await {
                    tracing::error!(error = %why, "what Slack sent is not stored");
                    return self.unstored(&envelope, &why).await.map(ack);
                }
            }
        }
        Some(ack(None))
    }

    /// Slack sends events again until they are acknowledged, so that only what comes once has a limit.
    async fn store(&self, envelope: &Envelope, arrival: Arrival) -> Result<(), Unstored> {
        let arrived = self.intake.arrive(arrival);
        if envelope.kind == "events_api" {
            return Ok(arrived.await.map(drop)?);
        }
        Ok(timeout(STORE, arrived).await.map_err(|_| Unstored::Late)?.map(drop)?)
    }

    /// What is acknowledged instead, if anything: whoever typed a command reads it in the acknowledgement, whoever
    /// pressed is written to, and an event is sent again by Slack.
    async fn unstored(&self, envelope: &Envelope, why: &Unstored) -> Option<Option<Value>> {
        let told = json!({ "response_type": "ephemeral", "replace_original": false,
            "text": why.to_string() });
        if envelope.kind == "slash_commands" && envelope.accepts_answer {
            return Some(Some(told));
        }
        let address = envelope.payload["response_url"].as_str()?;
        let sent = timeout(TELL, self.http.post(address).json(&told).send()).await;
        matches!(sent, Ok(Ok(answer)) if answer.status().is_success()).then_some(None)
    }
}
