//! A card as a thing we keep: which object it shows, and which message it is.

use super::deployment::DeploymentId;
use super::ids::text_id;
use super::iteration::IterationKey;
use super::spec::EnvironmentName;
use super::{EventId, MessageId, RoomId, Timestamp};

text_id! {
    /// A card.
    CardId;
}

/// A card, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    /// Its id.
    pub id: CardId,
    /// What it shows.
    pub subject: Subject,
    /// How far it has come.
    pub state: CardState,
    /// A fingerprint of what it showed last: the same again is not sent again.
    pub shown: Option<String>,
}

/// What a card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An iteration, in its own room, pinned.
    Room(IterationKey),
    /// What may be deployed to an environment: the open one of its deploy cards.
    Deploy(EnvironmentName),
    /// A deploy card that a newer one took over from.
    Continued(EnvironmentName),
    /// A deployment's story.
    Run {
        /// In which environment.
        environment: EnvironmentName,
        /// Which deployment.
        deployment: DeploymentId,
    },
}

/// How far a card has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardState {
    /// To be posted.
    Wanted,
    /// We have said that we post it, and do not know yet whether we did.
    Intended {
        /// Travels with the message.
        nonce: String,
        /// When we said so.
        at: Timestamp,
    },
    /// It is there.
    Posted {
        /// Where.
        room: RoomId,
        /// Which message.
        message: MessageId,
    },
}

impl Subject {
    /// The stored form.
    pub fn to_text(&self) -> String {
        match self {
            Self::Room(iteration) => format!("room:{iteration}"),
            Self::Deploy(environment) => format!("deploy:{environment}"),
            Self::Continued(environment) => format!("continued:{environment}"),
            Self::Run { environment, deployment } => format!("run:{environment}:{deployment}"),
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        match kind {
            "room" => Some(Self::Room(IterationKey::new(id))),
            "deploy" => Some(Self::Deploy(EnvironmentName::new(id))),
            "continued" => Some(Self::Continued(EnvironmentName::new(id))),
            "run" => id.split_once(':').map(|(environment, deployment)| Self::Run {
                environment: EnvironmentName::new(environment),
                deployment: DeploymentId::new(deployment),
            }),
            _ => None,
        }
    }
}

impl CardRow {
    /// The wish for the card of an iteration's room.
    pub fn of_room(iteration: IterationKey) -> Self {
        let id = CardId::new(format!("room-{iteration}"));
        Self { id, subject: Subject::Room(iteration), state: CardState::Wanted, shown: None }
    }

    /// The wish for a new card, made by an event.
    pub fn new(event: &EventId, subject: Subject) -> Self {
        Self { id: CardId::new(format!("card-{event}")), subject, state: CardState::Wanted, shown: None }
    }

    /// The same card, showing something else from now on.
    #[must_use]
    pub fn showing(self, subject: Subject) -> Self {
        Self { subject, ..self }
    }
}
