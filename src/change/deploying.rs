//! What a deployment writes when it is ordered, starts, ends or is called off.

use super::{Change, Write};
use crate::domain::EventId;
use crate::domain::card::{CardRow, Subject};
use crate::domain::deployment::{DeploymentState, Moved};
use crate::domain::environment::Selection;
use crate::domain::order::{Placed, Started};
use crate::domain::record::Record;
use crate::domain::spec::EnvironmentName;
use crate::domain::touch::TouchKey;

impl Change {
    /// Writes all of an order.
    #[must_use]
    pub fn ordering(mut self, placed: Placed) -> Self {
        let Placed { environment, draft, revision, deployment, started, moved, card, refused, touched } = placed;
        let name = environment.name.clone();
        // Only what somebody draws or deploys for the first time is not there yet.
        self = self.writing(Write::Environment(environment));
        if let Some((draft, from)) = draft {
            self = self.writing(Write::Draft { environment: name.clone(), draft, from });
        }
        if let Some(refused) = refused {
            self = self.writing(Write::Refuse { environment: name.clone(), refused });
        }
        self = revision.map(Write::Revision).into_iter().fold(self, Self::writing);
        // Its predecessors leave their places first.
        self = moved.into_iter().fold(self, Self::moving);
        self = self.writing(Write::Deployment(deployment));
        if let Some(started) = started {
            self = self.wishing(name, started);
        } else if let Some(card) = card {
            self = self.writing(Write::Card(card));
        }
        touched.into_iter().fold(self, Self::touching)
    }

    /// Posts a deploy card; the open one before it is continued there.
    #[must_use]
    pub fn offering(self, record: &Record, event: &EventId) -> Self {
        let name = record.environment.name.clone();
        let card = CardRow::new(event, Subject::Deploy(name.clone()));
        let mut change =
            self.writing(Write::Environment(record.environment.clone())).touching(TouchKey::Card(card.id.clone()));
        if let Some(former) = record.open_card.clone() {
            change = change
                .touching(TouchKey::Card(former.id.clone()))
                .writing(Write::Card(former.showing(Subject::Continued(name))));
        }
        change.writing(Write::Card(card))
    }

    /// Writes a choice into the draft; the open deploy card shows it.
    #[must_use]
    pub fn choosing(self, record: &Record, changes: impl IntoIterator<Item = Selection>) -> Self {
        let environment = record.environment.clone();
        let (name, from) = (environment.name.clone(), environment.draft.version);
        let draft = environment.clone().choosing(changes).draft;
        let change =
            self.writing(Write::Environment(environment)).writing(Write::Draft { environment: name, draft, from });
        record.open_card.iter().fold(change, |change, open| change.touching(TouchKey::Card(open.id.clone())))
    }

    /// Writes that a waiting deployment starts.
    #[must_use]
    pub fn starting(self, moved: Moved, started: Started) -> Self {
        let name = moved.deployment.environment.clone();
        let key = TouchKey::Environment(name.clone());
        self.moving(moved).wishing(name, started).touching(key)
    }

    /// Writes that a deployment is in another state. Its card, and what is to be looked at for it, are touched.
    #[must_use]
    pub fn moving(self, moved: Moved) -> Self {
        let deployment = &moved.deployment;
        let (card, environment) = (deployment.card.clone(), deployment.environment.clone());
        let is_stopping = deployment.state == DeploymentState::Stopping;
        let change = self.writing(Write::Moved(moved)).touching(TouchKey::Card(card));
        if is_stopping { change.touching(TouchKey::Environment(environment)) } else { change }
    }

    fn wishing(self, environment: EnvironmentName, started: Started) -> Self {
        let Started { wish, generation, card } = started;
        let id = card.id.clone();
        self.writing(Write::Wish { environment, wish, generation })
            .writing(Write::Card(card))
            .touching(TouchKey::Card(id))
    }
}
