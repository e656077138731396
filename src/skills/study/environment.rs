//! What skills look up of an environment before they decide about it.

use super::{Call, GatherError, Study};
use crate::change::{Change, Refused};
use crate::domain::deployment::Cause;
use crate::domain::environment::{Origin, Selection};
use crate::domain::iteration::{Iteration, Phase};
use crate::domain::order::{self, OnCard, Order, Placed, Wanted};
use crate::domain::record::Record;
use crate::domain::room::Room;
use crate::domain::{Refusal, RoomId};
use crate::event::chat::Said;
use crate::policy::Permit;
use crate::ports;
use crate::store::{record, rooms};

/// Nothing is deployed any more once an iteration is over.
pub(in crate::skills) fn not_active(iteration: &Iteration) -> Option<Refusal> {
    (iteration.phase != Phase::Active)
        .then(|| Refusal::NotActive { iteration: iteration.key.to_string(), phase: iteration.phase.as_str() })
}

/// An iteration's environment with the right to change it, or the refusal.
pub(in crate::skills) type Changeable = Result<(Iteration, Permit, Record), Box<Refused>>;

impl Study {
    /// The environment of an iteration, read whole.
    pub(in crate::skills) async fn record(&self, iteration: &Iteration) -> Result<Record, GatherError> {
        Ok(record::read(&mut self.store.reader().await?, &iteration.key).await?)
    }

    /// The room of an iteration, once it is open.
    pub(in crate::skills) async fn room(&self, iteration: &Iteration) -> Result<Option<RoomId>, GatherError> {
        let room = rooms::of_iteration(&mut self.store.reader().await?, &iteration.key).await?;
        Ok(room.as_ref().and_then(Room::id).cloned())
    }

    /// The environment that a call changes: there is an iteration, it is active, and the asker may.
    pub(in crate::skills) async fn to_change(&self, call: &Call) -> Result<Changeable, GatherError> {
        let (iteration, permit) = match self.on_environment(call).await? {
            Ok(found) => found,
            Err(refused) => return Ok(Err(refused)),
        };
        if let Some(refusal) = not_active(&iteration) {
            return Ok(Err(call.refused(refusal, &self.environment_target(Some(&iteration)))));
        }
        let record = self.record(&iteration).await?;
        Ok(Ok((iteration, permit, record)))
    }

    /// What runs where nobody chose: nothing is asked for once there is a revision.
    pub(in crate::skills) async fn defaults(&self, record: &Record) -> Vec<Selection> {
        if record.base.is_some() {
            return Vec::new();
        }
        ports::defaults(self.source.as_ref(), &self.project.components).await.0
    }

    /// What a person's order changes; `why` is in their words.
    pub(in crate::skills) fn place(
        &self,
        (record, permit): (&Record, &Permit),
        (said, why): (&Said, &str),
        (wanted, card): (Wanted<'_>, OnCard),
    ) -> Result<Placed, Refusal> {
        let order = Order {
            wanted,
            cause: Cause::Asked,
            by: permit.actor(),
            why: why.chars().take(200).collect(),
            origin: Some(said.origin()),
            asked_in: said.room.clone(),
            card,
            event: &self.event,
            now: self.now,
        };
        order::place(record, &self.project.component_names(), &order)
    }

    /// The same, as the change that writes it; also the number of the revision, and whether it waits.
    pub(in crate::skills) fn order(
        &self,
        (record, permit): (&Record, Permit),
        said: (&Said, &str),
        wanted: (Wanted<'_>, OnCard),
    ) -> Result<(Change, i64, bool), Refusal> {
        let placed = self.place((record, &permit), said, wanted)?;
        let (revision, is_waiting) = (placed.deployment.revision, placed.started.is_none());
        Ok((Change::new(permit).ordering(placed), revision, is_waiting))
    }
}

impl Said {
    /// The message, as the record names it.
    pub(in crate::skills) fn origin(&self) -> Origin {
        Origin { room: self.room.clone(), message: self.message.clone() }
    }
}
