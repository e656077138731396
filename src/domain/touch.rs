//! What a steward should look at.

use super::RoomId;
use super::card::CardId;
use super::component::RepositoryName;
use super::iteration::IterationKey;
use super::spec::EnvironmentName;

/// Names an object that may not be as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TouchKey {
    /// The room of an iteration.
    Room(IterationKey),
    /// A room that an iteration has left for another.
    Former(RoomId),
    /// The members of an iteration's room.
    Members(IterationKey),
    /// A card.
    Card(CardId),
    /// An environment.
    Environment(EnvironmentName),
    /// A repository.
    Repository(RepositoryName),
}

impl TouchKey {
    /// What kind of object it names.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Room(_) => "room",
            Self::Former(_) => "former",
            Self::Members(_) => "members",
            Self::Card(_) => "card",
            Self::Environment(_) => "environment",
            Self::Repository(_) => "repository",
        }
    }

    /// The stored form: `room:sprint-42`.
    pub fn to_text(&self) -> String {
        let kind = self.kind();
        match self {
            Self::Room(iteration) | Self::Members(iteration) => format!("{kind}:{iteration}"),
            Self::Former(room) => format!("{kind}:{room}"),
            Self::Card(card) => format!("{kind}:{card}"),
            Self::Environment(environment) => format!("{kind}:{environment}"),
            Self::Repository(repository) => format!("{kind}:{repository}"),
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        match kind {
            "room" => Some(Self::Room(IterationKey::new(id))),
            "former" => RoomId::parse(id).map(Self::Former),
            "members" => Some(Self::Members(IterationKey::new(id))),
            "card" => Some(Self::Card(CardId::new(id))),
            "environment" => Some(Self::Environment(EnvironmentName::new(id))),
            "repository" => Some(Self::Repository(RepositoryName::new(id))),
            _ => None,
        }
    }
}
