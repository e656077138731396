//! Presses on the deploy card: a choice, or the click.

use crate::card::build::deploy::NEWEST;
use crate::change::{Change, Decision, Refused};
use crate::domain::artifact::Artifact;
use crate::domain::card::CardRow;
use crate::domain::environment::{Follows, Selection};
use crate::domain::iteration::{Iteration, IterationKey};
use crate::domain::order::{OnCard, Wanted};
use crate::domain::person::Actor;
use crate::domain::record::Record;
use crate::domain::revise::offered;
use crate::domain::spec::EnvironmentName;
use crate::domain::touch::TouchKey;
use crate::domain::{CommandName, Refusal};
use crate::event::chat::{Pressed, Said};
use crate::policy::{self, Action, Permit};
use crate::skills::study::{GatherError, Study, no_version, not_active};
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
    if let Some(refusal) = not_active(&press.iteration) {
        return Ok(press.refused(refusal));
    }
    let record = study.record(&press.iteration).await?;
    // A choice of somebody else in between changes what the click would do, so it does nothing.
    if pressed.guard != record.environment.draft.version {
        return Ok(press.refused(Refusal::StaleCard));
    }
    match pressed.action.split_once(':') {
        Some(("choose", component)) => Ok(press.chosen(permit, &record, press.branch(component).await)),
        Some(("version", component)) => Ok(press.chosen(permit, &record, press.version(&record, component).await)),
        None if pressed.action == "deploy" => Ok(press.deployed(permit, &record, row).await),
        Some(_) | None => Ok(press.refused(Refusal::StaleButton)),
    }
}

impl Press<'_> {
    fn value(&self) -> &str {
        self.pressed.value.as_deref().unwrap_or_default()
    }

    /// The newest of the chosen branch.
    async fn branch(&self, component: &str) -> Result<Selection, Refusal> {
        self.study.of_branch(self.study.component(component)?, self.value()).await
    }

    /// The chosen version of the branch that is offered: the newest goes on with it, any other stays.
    async fn version(&self, record: &Record, component: &str) -> Result<Selection, Refusal> {
        let component = self.study.component(component)?;
        let defaults = self.study.defaults(record).await;
        let names = self.study.project.component_names();
        let offered = offered(&record.basis(&defaults, &names), &record.environment.draft.changes);
        let branch = offered.get(&component.name).map_or(&component.default_branch, |offered| &offered.artifact.branch);
        if self.value() == NEWEST {
            return self.study.of_branch(component, branch.as_str()).await;
        }
        let label = self.value().split(" · ").next().unwrap_or_default();
        let found = self.study.source.named(&component.name, label).await;
        let artifact = found.map_err(|cause| no_version(component, cause))?;
        // Several branches may hold it: it is told as one of the branch that was chosen.
        Ok(Selection { artifact: Artifact { branch: branch.clone(), ..artifact }, follows: Follows::Pinned })
    }

    fn chosen(&self, permit: Permit, record: &Record, selection: Result<Selection, Refusal>) -> Decision {
        match selection {
            Ok(selection) => Decision::Changed(Change::new(permit).choosing(record, [selection])),
            Err(refusal) => self.refused(refusal),
        }
    }

    async fn deployed(&self, permit: Permit, record: &Record, row: CardRow) -> Decision {
        let defaults = self.study.defaults(record).await;
        let wanted = Wanted::Differences { changes: record.environment.draft.changes.clone(), defaults: &defaults };
        match self.study.order((record, permit), (self.said, "pressed Deploy"), (wanted, OnCard::Pressed(row))) {
            Ok((change, ..)) => Decision::Changed(change),
            Err(refusal) => self.refused(refusal),
        }
    }

    /// A refusal that the presser alone reads; the card is drawn anew, so that it tells the truth again.
    fn refused(&self, refusal: Refusal) -> Decision {
        Decision::Refused(Box::new(Refused {
            reply: Some(self.said.privately(&self.actor, refusal.to_marked())),
            actor: self.actor.clone(),
            command: Some(CommandName::new("deploy")),
            target: self.study.environment_target(Some(&self.iteration)),
            refusal,
            touched: vec![TouchKey::Card(self.pressed.card.clone())],
        }))
    }
}
