//! What a deployment writes: the revision, the deployment, the wish, the card.

use super::gather::Grounds;
use super::wanted::Changes;
use crate::change::{Change, Write};
use crate::domain::card::{CardRow, Subject};
use crate::domain::deployment::{self, DeploymentId, DeploymentState, Request};
use crate::domain::environment::{self, Draft};
use crate::domain::touch::TouchKey;
use crate::domain::{Refusal, RoomId};
use crate::policy::Permit;
use crate::skills::study::Study;

/// What is to be deployed, and where it was asked for.
pub(super) struct Begin {
    /// The differences to what is wished.
    pub(super) changes: Changes,
    /// The deploy card that was pressed, which becomes the run's; none when a command asks.
    pub(super) card: Option<CardRow>,
    /// Where it was asked for.
    pub(super) asked_in: RoomId,
    /// In which words.
    pub(super) why: String,
}

/// Makes the revision and asks for its deployment; gives its number, and whether it waits.
pub(super) fn begin(
    study: &Study,
    permit: Permit,
    grounds: &Grounds,
    begin: Begin,
) -> Result<(Change, i64, bool), Refusal> {
    let Begin { changes, card, asked_in, why } = begin;
    let components = study.project.component_names();
    let actor = permit.actor().clone();
    let revision = environment::revise(&grounds.basis(&components), &changes, (&actor, &why, study.now))?;
    let name = grounds.environment.name.clone();
    let is_pressed = card.is_some();
    let id = DeploymentId::new(format!("deployment-{}", study.event));
    let subject = Subject::Run { environment: name.clone(), deployment: id.clone() };
    let card = match card {
        Some(card) => card.showing(subject),
        None => CardRow::new(&study.event, subject),
    };
    let request = Request {
        id,
        generation: grounds.environment.generation,
        by: actor.to_string(),
        asked_in,
        card: card.id.clone(),
        now: study.now,
    };
    let asked = deployment::ask(&revision, request, (grounds.running.is_some(), grounds.queued.clone()));
    // The guard rises with every revision that a person makes; only the pressed draft is used up.
    let draft = &grounds.environment.draft;
    let kept = if is_pressed { Changes::new() } else { draft.changes.clone() };
    let next = Draft { version: draft.version + 1, changes: kept };
    let number = revision.number;
    let is_waiting = asked.deployment.state == DeploymentState::Queued;
    let mut change = Change::new(permit)
        .writing(Write::Environment(grounds.environment.clone()))
        .writing(Write::Draft { environment: name.clone(), draft: next, from: draft.version })
        .writing(Write::Revision(revision));
    if let Some(superseded) = asked.superseded {
        change = change
            .touching(TouchKey::Card(superseded.card.clone()))
            .writing(Write::Moved { deployment: superseded, from: DeploymentState::Queued });
    }
    change = change.writing(Write::Deployment(asked.deployment)).touching(TouchKey::Card(card.id.clone()));
    if !is_waiting {
        change = change
            .writing(Write::Wish { environment: name.clone(), revision: number })
            .touching(TouchKey::Environment(name));
    }
    // A deploy card that is still open shows the choice against what is wished now.
    if let Some(open) = grounds.open_card.as_ref().filter(|open| open.id != card.id) {
        change = change.touching(TouchKey::Card(open.id.clone()));
    }
    Ok((change.writing(Write::Card(card)), number, is_waiting))
}
