//! Takes in what sockets bring: on disk first, then acknowledged. What cannot be stored is told to whoever did it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use slack_morphism::{SlackSocketModeClientListener, SlackSocketModeWssClientId};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::card::render::slack;
use crate::domain::ChatName;
use crate::domain::form::{Account, Slot};
use crate::event::chat::Submitted;
use crate::event::chat::slack::form::{self, Lookup, Question};
use crate::event::chat::slack::{Envelope, NAME, Sorted, Us, sort};
use crate::event::{Arrival, Source};
use crate::ports::{Desk, Intake, IntakeError};

/// How long storing may take before whoever pressed or typed is told; Slack waits three seconds.
const STORE: Duration = Duration::from_millis(1500);
/// How long a form may be judged before it is stored; what was not judged by then is when it is decided.
const JUDGE: Duration = Duration::from_secs(1);
/// How long what fits in a field may be looked for.
const LOOK_UP: Duration = Duration::from_secs(2);
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
    /// Knows what forms are to hold.
    pub desk: Arc<dyn Desk>,
    /// Takes what people want to see.
    pub questions: mpsc::Sender<Question>,
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
            Sorted::Ask(question) => self.ask(question),
            Sorted::Lookup(lookup) => return Some(ack(Some(self.look_up(&lookup).await))),
            Sorted::Submit { submitted, key, lane } => {
                let arrival = Arrival { source: source(), dedup_key: key, lane, body: frame, talk: None, trace: None };
                return Some(ack(self.submit(&envelope, &submitted, arrival).await));
            }
            Sorted::Take { key, lane } => {
                let arrival = Arrival { source: source(), dedup_key: key, lane, body: frame, talk: None, trace: None };
                if let Err(why) = self.store(&envelope, arrival).await {
                    tracing::error!(error = %why, "what Slack sent is not stored");
                    return self.unstored(&envelope, &why).await.map(ack);
                }
            }
        }
        Some(ack(None))
    }

    /// Answered elsewhere: nothing is acknowledged later because of it.
    fn ask(&self, question: Question) {
        if self.questions.try_send(question).is_err() {
            tracing::warn!("more is asked of forms than can be answered; a question is dropped");
        }
    }

    /// What fits in a field, as the acknowledgement tells it.
    async fn look_up(&self, lookup: &Lookup) -> Value {
        let asked = self.desk.suggest(&lookup.by, &lookup.command, (&lookup.slot, &lookup.typed));
        let found = timeout(LOOK_UP, asked).await.unwrap_or_default();
        json!({ "options": slack::options(found.iter().map(|one| (one.value.as_str(), one.hint.as_str()))) })
    }

    /// Stores a form that nothing speaks against; what does is acknowledged, and shown under its field. So is that it
    /// cannot be stored: the form stays open, with all that was typed.
    async fn submit(&self, envelope: &Envelope, submitted: &Submitted, arrival: Arrival) -> Option<Value> {
        let wrong = timeout(JUDGE, self.desk.judge(submitted)).await.unwrap_or_default();
        if !wrong.is_empty() {
            return Some(errors(envelope, wrong.iter().map(|(slot, words)| (slot.as_ref(), slack::wrong(words)))));
        }
        if let Err(why) = self.store(envelope, arrival).await {
            tracing::error!(error = %why, "a form that was sent is not stored");
            return Some(errors(envelope, std::iter::once((None, why.to_string()))));
        }
        let by = Account { chat: submitted.room.chat(), id: submitted.by.account.clone() };
        self.ask(Question::Sent { by, command: submitted.filled.command.clone() });
        None
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

fn source() -> Source {
    Source::Chat(ChatName::new(NAME))
}

/// What is wrong, under the fields of the view; under the first one what has no field there.
fn errors<'w>(envelope: &Envelope, wrong: impl Iterator<Item = (Option<&'w Slot>, String)>) -> Value {
    let view = &envelope.payload["view"];
    let is_there = |block: &String| form::fields(view).any(|field| field == block);
    let mut told = serde_json::Map::new();
    for (slot, words) in wrong {
        let own = slot.map(Slot::to_text).filter(is_there);
        let place = own.or_else(|| form::fields(view).next().map(str::to_owned)).unwrap_or_default();
        told.entry(place).or_insert_with(|| json!(words));
    }
    json!({ "response_action": "errors", "errors": told })
}
