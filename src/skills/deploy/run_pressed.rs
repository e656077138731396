//! Presses on the card of a run: cancel it, finish it, go back from it.

use crate::change::{Change, Decision, Refused};
use crate::domain::deployment::{Deployment, DeploymentId};
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::order::{OnCard, Wanted};
use crate::domain::touch::TouchKey;
use crate::domain::{CommandName, Refusal};
use crate::event::chat::{Pressed, Said};
use crate::policy::{self, Action, Permit};
use crate::skills::study::{GatherError, Study, not_active};
use crate::store::{deployments, iterations, revisions};

/// One press on a run's card.
struct Press<'p> {
    study: &'p Study,
    pressed: &'p Pressed,
    said: &'p Said,
    iteration: Iteration,
    deployment: Deployment,
}

/// Does what the button says, if the card still tells of the deployment that it told of when it was drawn.
pub(in crate::skills) async fn run_pressed(
    study: &Study,
    (pressed, said): (&Pressed, &Said),
    id: &DeploymentId,
) -> Result<Decision, GatherError> {
    let mut reader = study.store.reader().await?;
    let Some(deployment) = deployments::find(&mut reader, id).await? else { return Ok(nothing()) };
    let key = IterationKey::new(deployment.environment.as_str());
    let Some(iteration) = iterations::find(&mut reader, &key).await? else { return Ok(nothing()) };
    drop(reader);
    let press = Press { study, pressed, said, iteration, deployment };
    let command = match pressed.action.as_str() {
        // The deploy card that this one was before: somebody else was first.
        "deploy" => return Ok(press.refused(Refusal::PressedBefore { by: press.deployment.by.clone() })),
        "cancel" => "cancel",
        "finish" => "deploy",
        "rollback" => "rollback",
        _ => return Ok(press.refused(Refusal::StaleButton)),
    };
    let permit = match press.permit(command) {
        Ok(permit) => permit,
        Err(refusal) => return Ok(press.refused(refusal)),
    };
    if pressed.guard != press.deployment.number {
        return Ok(press.refused(Refusal::StaleButton));
    }
    match pressed.action.as_str() {
        "cancel" => Ok(press.cancelled(permit)),
        "finish" => press.finished(permit).await,
        _ => press.rolled_back(permit).await,
    }
}

fn nothing() -> Decision {
    Decision::Nothing(crate::change::Why::Empty)
}

impl Press<'_> {
    fn permit(&self, command: &str) -> Result<Permit, Refusal> {
        let action = Action { command: CommandName::new(command) };
        let target = self.study.environment_target(Some(&self.iteration));
        policy::decide(&self.study.rules, &self.study.actor(self.said), &action, &target)
    }

    fn cancelled(&self, permit: Permit) -> Decision {
        match self.deployment.clone().called_off(&permit.actor().to_string(), self.study.now) {
            Some(moved) => Decision::Changed(Change::new(permit).moving(moved)),
            None => self.refused(Refusal::NothingToCancel { environment: self.iteration.key.to_string() }),
        }
    }

    /// What is wished is tried once more.
    async fn finished(&self, permit: Permit) -> Result<Decision, GatherError> {
        if let Some(refusal) = not_active(&self.iteration) {
            return Ok(self.refused(refusal));
        }
        let record = self.study.record(&self.iteration).await?;
        let is_last = record.last.as_ref().is_some_and(|last| last.id == self.deployment.id);
        let Some(base) = record.base.clone().filter(|_| is_last && record.queued.is_none() && record.running.is_none())
        else {
            return Ok(self.refused(Refusal::StaleButton));
        };
        let placed =
            self.study.order((&record, permit), (self.said, "pressed Finish"), (Wanted::Again(&base), OnCard::New));
        Ok(placed.map_or_else(|refusal| self.refused(refusal), |(change, ..)| Decision::Changed(change)))
    }

    async fn rolled_back(&self, permit: Permit) -> Result<Decision, GatherError> {
        if let Some(refusal) = not_active(&self.iteration) {
            return Ok(self.refused(refusal));
        }
        let record = self.study.record(&self.iteration).await?;
        let is_last = record.last.as_ref().is_some_and(|last| last.id == self.deployment.id);
        let base = record.base.as_ref().filter(|_| is_last && record.queued.is_none());
        let Some(base) = base else { return Ok(self.refused(Refusal::StaleButton)) };
        let mut reader = self.study.store.reader().await?;
        let Some(older) = revisions::way_back(&mut reader, &record.environment.name, base.number).await? else {
            return Ok(self.refused(Refusal::NoWayBack { environment: self.iteration.key.to_string() }));
        };
        let wanted = (Wanted::Content(&older), OnCard::New);
        let placed = self.study.order((&record, permit), (self.said, "pressed Roll back"), wanted);
        Ok(placed.map_or_else(|refusal| self.refused(refusal), |(change, ..)| Decision::Changed(change)))
    }

    /// A refusal that the presser alone reads; the card is drawn anew, so that it tells the truth again.
    fn refused(&self, refusal: Refusal) -> Decision {
        let actor = self.study.actor(self.said);
        Decision::Refused(Box::new(Refused {
            reply: Some(self.said.privately(&actor, refusal.to_marked())),
            actor,
            command: Some(CommandName::new(&self.pressed.action)),
            target: self.study.environment_target(Some(&self.iteration)),
            refusal,
            touched: vec![TouchKey::Card(self.pressed.card.clone())],
        }))
    }
}
