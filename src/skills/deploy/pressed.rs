//! Presses on the deploy card: a choice, or the click.

use super::begin::{Begin, begin};
use super::gather::{self, Grounds};
use super::wanted;
use crate::change::{Change, Decision, Refused, Write};
use crate::domain::card::CardRow;
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::person::Actor;
use crate::domain::spec::EnvironmentName;
use crate::domain::touch::TouchKey;
use crate::domain::{CommandName, Refusal};
use crate::event::chat::{Pressed, Said};
use crate::policy::{self, Action, Permit};
use crate::skills::study::{GatherError, Study};
use crate::store::iterations;

/// One press, with what a refusal needs.
struct Press<'p> {
    study: &'p Study,
    pressed: &'p Pressed,
    said: &'p Said,
    actor: Actor,
    iteration: Iteration,
}

/// Chooses, or deploys what is chosen.
pub(in crate::skills) async fn pressed(
    study: &Study,
    (pressed, said): (&Pressed, &Said),
    (row, name): (CardRow, &EnvironmentName),
) -> Result<Decision, GatherError> {
    let key = IterationKey::new(name.as_str());
    let Some(iteration) = iterations::find(&mut study.store.reader().await?, &key).await? else {
        return Ok(Decision::Nothing(crate::change::Why::Empty));
    };
    let press = Press { study, pressed, said, actor: study.actor(said), iteration };
    let action = Action { command: CommandName::new("deploy") };
    let target = study.environment_target(Some(&press.iteration));
    let permit = match policy::decide(&study.rules, &press.actor, &action, &target) {
        Ok(permit) => permit,
        Err(refusal) => return Ok(press.refused(refusal)),
    };
    if let Some(refusal) = super::not_active(&press.iteration) {
        return Ok(press.refused(refusal));
    }
    let grounds = gather::grounds(study, &press.iteration).await?;
    // A choice of somebody else in between changes what the click would do, so it does nothing.
    if pressed.guard != grounds.environment.draft.version {
        return Ok(press.refused(Refusal::StaleCard));
    }
    match pressed.action.strip_prefix("choose:") {
        Some(component) => press.chosen(permit, &grounds, component).await,
        None if pressed.action == "deploy" => Ok(press.deployed(permit, &grounds, row)),
        None => Ok(press.refused(Refusal::StaleButton)),
    }
}

impl Press<'_> {
    async fn chosen(&self, permit: Permit, grounds: &Grounds, component: &str) -> Result<Decision, GatherError> {
        let branch = self.pressed.value.as_deref().unwrap_or_default();
        let selection = match wanted::of_branch(self.study, component, branch).await {
            Ok(selection) => selection,
            Err(refusal) => return Ok(self.refused(refusal)),
        };
        let environment = grounds.environment.clone();
        let (name, from) = (environment.name.clone(), environment.draft.version);
        let draft = environment.clone().choosing([selection]).draft;
        Ok(Decision::Changed(
            Change::new(permit)
                .writing(Write::Environment(environment))
                .writing(Write::Draft { environment: name, draft, from })
                .touching(TouchKey::Card(self.pressed.card.clone())),
        ))
    }

    fn deployed(&self, permit: Permit, grounds: &Grounds, row: CardRow) -> Decision {
        let changes = grounds.environment.draft.changes.clone();
        let asked_in = self.said.room.clone();
        let begun = Begin { changes, card: Some(row), asked_in, why: "pressed Deploy".to_owned() };
        match begin(self.study, permit, grounds, begun) {
            Ok((change, ..)) => Decision::Changed(change),
            Err(refusal) => self.refused(refusal),
        }
    }

    /// A refusal that the presser alone reads; the card is drawn anew, so that it tells the truth again.
    fn refused(&self, refusal: Refusal) -> Decision {
        Decision::Refused(Box::new(Refused {
            reply: Some(self.said.privately(self.actor.person(), refusal.to_marked())),
            actor: self.actor.clone(),
            command: Some(CommandName::new("deploy")),
            target: self.study.environment_target(Some(&self.iteration)),
            refusal,
            touched: vec![TouchKey::Card(self.pressed.card.clone())],
        }))
    }
}
