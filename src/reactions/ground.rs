//! What a reaction decides by: one event that nobody said, and one snapshot of rights and texts.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::ReactionError;
use crate::card::templates::{TemplateError, Templates};
use crate::change::{Content, Reply};
use crate::domain::card::CardState;
use crate::domain::deployment::Deployment;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::marked::Marked;
use crate::domain::person::Actor;
use crate::domain::project::Project;
use crate::domain::room::Room;
use crate::domain::spec::EnvironmentName;
use crate::domain::{CommandName, EventId, Refusal, RoomId, Timestamp};
use crate::policy::{self, Action, Permit, Rules, Target};
use crate::ports::{ArtifactSource, Clock, EnvironmentDriver};
use crate::store::{Store, cards, iterations, rooms};

/// What becomes of an update that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// The environment goes back to what it was before.
    TakeBack,
    /// It stays as it is, for a person to look at.
    Stay,
}

/// How newer versions are taken.
#[derive(Clone, Copy, Debug)]
pub struct Updates {
    /// How long nothing newer must have come before an update begins.
    pub settle: Duration,
    /// What becomes of one that failed.
    pub after_failure: AfterFailure,
}

/// What a reaction decides by.
#[derive(Clone)]
pub struct Ground {
    /// The rights in force.
    pub rules: Arc<Rules>,
    /// The texts in force.
    pub templates: Arc<Templates>,
    /// Where facts are looked up.
    pub store: Store,
    /// What iterations work on.
    pub project: Arc<Project>,
    /// Where versions come from; looking changes nothing.
    pub source: Arc<dyn ArtifactSource>,
    /// Where environments run; looking changes nothing.
    pub driver: Arc<dyn EnvironmentDriver>,
    /// How long looking takes.
    pub clock: Arc<dyn Clock>,
    /// How newer versions are taken.
    pub updates: Updates,
    /// The event that is decided.
    pub event: EventId,
    /// When.
    pub now: Timestamp,
}

impl Ground {
    /// Our own right to do something for a stated cause.
    pub(super) fn permit(&self, cause: &str, command: &str, name: &str) -> Result<Permit, Refusal> {
        let action = Action { command: CommandName::new(command) };
        let target = Target {
            project: Some(self.project.name.clone()),
            class: Some(self.project.class.clone()),
            name: Some(name.to_owned()),
        };
        policy::decide(&self.rules, &Actor::System(cause.to_owned()), &action, &target)
    }

    /// A text of a skill.
    pub(super) fn words(&self, skill: &str, text: &str, facts: &Value) -> Result<Marked, TemplateError> {
        self.templates.render(skill, text, facts)
    }

    /// The iteration of an environment.
    pub(super) async fn iteration(&self, environment: &EnvironmentName) -> Result<Option<Iteration>, ReactionError> {
        let key = IterationKey::new(environment.as_str());
        Ok(iterations::find(&mut self.store.reader().await?, &key).await?)
    }

    /// The room of an environment's iteration, once it is open.
    pub(super) async fn room(&self, environment: &EnvironmentName) -> Result<Option<RoomId>, ReactionError> {
        let key = IterationKey::new(environment.as_str());
        let room = rooms::of_iteration(&mut self.store.reader().await?, &key).await?;
        Ok(room.as_ref().and_then(Room::id).cloned())
    }

    /// A line in the thread of a deployment's card; in the room while the card is not posted.
    pub(super) async fn in_thread(
        &self,
        deployment: &Deployment,
        words: Marked,
    ) -> Result<Option<Reply>, ReactionError> {
        let card = cards::find(&mut self.store.reader().await?, &deployment.card).await?;
        let (to, thread) = match card.map(|card| card.state) {
            Some(CardState::Posted { room, message }) => (Some(room), Some(message)),
            Some(CardState::Wanted | CardState::Intended { .. }) | None => {
                (self.room(&deployment.environment).await?, None)
            }
        };
        Ok(to.map(|to| Reply { to, thread, only_for: None, back: None, content: Content::Text(words) }))
    }
}

/// A line that a whole room reads.
pub(super) fn line(to: RoomId, words: Marked) -> Reply {
    Reply { to, thread: None, only_for: None, back: None, content: Content::Text(words) }
}
