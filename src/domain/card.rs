//! A card as a thing we keep: which object it shows, and which message it is.

use super::component::ComponentName;
use super::deployment::{Deployment, DeploymentId};
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
    /// The last lines of a component's log, as they come.
    Logs {
        /// In which environment.
        environment: EnvironmentName,
        /// Whose.
        component: ComponentName,
        /// Until then; afterwards it stays as it is.
        until: Timestamp,
        /// How many.
        lines: usize,
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

/// A card as it was drawn: what a button of it takes along, where a chat carries one word and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The card.
    pub card: CardId,
    /// The version of what its presses act on.
    pub guard: i64,
}

impl Drawn {
    /// The word for the `row`th row of its buttons.
    pub fn to_text(&self, row: usize) -> String {
        format!("{}|{row}|{}", self.guard, self.card)
    }

    /// Reads the word of any row.
    pub fn parse(text: &str) -> Option<Self> {
        let (guard, rest) = text.split_once('|')?;
        let (row, card) = rest.split_once('|')?;
        row.parse::<usize>().ok()?;
        Some(Self { card: CardId::new(card), guard: guard.parse().ok()? })
    }
}

impl Subject {
    /// The iteration in whose room it is.
    pub fn iteration(&self) -> IterationKey {
        match self {
            Self::Room(iteration) => iteration.clone(),
            Self::Deploy(environment)
            | Self::Continued(environment)
            | Self::Run { environment, .. }
            | Self::Logs { environment, .. } => IterationKey::new(environment.as_str()),
        }
    }

    /// The stored form.
    pub fn to_text(&self) -> String {
        match self {
            Self::Room(iteration) => format!("room:{iteration}"),
            Self::Deploy(environment) => format!("deploy:{environment}"),
            Self::Continued(environment) => format!("continued:{environment}"),
            Self::Run { environment, deployment } => format!("run:{environment}:{deployment}"),
            Self::Logs { environment, component, until, lines } => {
                format!("logs:{environment}:{component}:{}:{lines}", until.as_millis())
            }
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
            "logs" => logs(id),
            _ => None,
        }
    }
}

/// `sprint-42:web:1772442000000:20`
fn logs(id: &str) -> Option<Subject> {
    let mut parts = id.split(':');
    let mut next = || parts.next();
    let (environment, component) = (EnvironmentName::new(next()?), ComponentName::new(next()?));
    let (until, lines) = (Timestamp::from_millis(next()?.parse().ok()?), next()?.parse().ok()?);
    parts.next().is_none().then_some(Subject::Logs { environment, component, until, lines })
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

    /// The wish that a card, whichever message it is, tells the story of a deployment.
    pub fn running(id: CardId, deployment: &Deployment) -> Self {
        let (environment, deployment) = (deployment.environment.clone(), deployment.id.clone());
        Self { id, subject: Subject::Run { environment, deployment }, state: CardState::Wanted, shown: None }
    }

    /// The same card, showing something else from now on.
    #[must_use]
    pub fn showing(self, subject: Subject) -> Self {
        Self { subject, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_takes_along_reads_back() {
        let drawn = Drawn { card: CardId::new("card-01|x"), guard: -7 };
        assert_eq!(Drawn::parse(&drawn.to_text(3)), Some(drawn));
        for text in ["", "7", "7|x", "7|x|card", "x|1|card"] {
            assert_eq!(Drawn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn subjects_read_back_as_they_were_written() {
        let environment = EnvironmentName::new("sprint-42");
        for subject in [
            Subject::Room(IterationKey::new("sprint-42")),
            Subject::Deploy(environment.clone()),
            Subject::Continued(environment.clone()),
            Subject::Run { environment: environment.clone(), deployment: DeploymentId::new("d-1") },
            Subject::Logs {
                environment,
                component: ComponentName::new("web"),
                until: Timestamp::from_millis(1_772_442_000_000),
                lines: 20,
            },
        ] {
            assert_eq!(Subject::parse(&subject.to_text()), Some(subject));
        }
        for text in ["logs:sprint-42:web:1", "logs:sprint-42:web:soon:20", "logs:sprint-42:web:1:20:x", "other:x", ""] {
            assert_eq!(Subject::parse(text), None, "{text}");
        }
    }
}
