//! What our own stewards and couriers saw, when it differs from what was stored. They never decide; a reaction does.

use serde::{Deserialize, Serialize};

use super::{Arrival, Source, Unreadable};
use crate::domain::Lane;
use crate::domain::deployment::DeploymentId;
use crate::domain::iteration::IterationKey;
use crate::domain::spec::EnvironmentName;

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The room of an iteration is there.
    RoomOpened {
        /// Whose.
        iteration: IterationKey,
    },
    /// The chat refuses to make the room; it is tried again with growing waits.
    RoomRefused {
        /// Whose.
        iteration: IterationKey,
        /// Why, for people.
        why: String,
    },
    /// Every step of a deployment was tried.
    DeploymentTried {
        /// Which deployment.
        deployment: DeploymentId,
        /// In which environment.
        environment: EnvironmentName,
    },
}

/// Reads an outcome.
pub(super) fn read(body: &str) -> Result<Outcome, Unreadable> {
    serde_json::from_str(body).map_err(|cause| Unreadable(cause.to_string()))
}

impl Outcome {
    /// As it goes into the inbox; `number` tells this observation of the object from its others.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no outcome of ours is.
    pub fn to_arrival(&self, number: &str) -> Result<Arrival, serde_json::Error> {
        let (object, lane) = match self {
            Self::RoomOpened { iteration } | Self::RoomRefused { iteration, .. } => {
                (format!("room:{iteration}"), format!("iteration:{iteration}"))
            }
            Self::DeploymentTried { deployment, environment } => {
                (format!("deployment:{deployment}"), format!("environment:{environment}"))
            }
        };
        Ok(Arrival {
            source: Source::House,
            dedup_key: format!("{object}#{number}"),
            lane: Lane::new(lane),
            body: serde_json::to_string(self)?,
            talk: None,
        })
    }
}
