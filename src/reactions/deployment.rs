//! What follows when every step of a deployment was tried: it ends, and the one that waited starts.

use serde_json::json;

use super::outcome::{OutcomeError, permit};
use crate::card::templates::Templates;
use crate::change::{Change, Content, Decision, Reply, Why, Write};
use crate::domain::Timestamp;
use crate::domain::deployment::{Deployment, DeploymentId, DeploymentState, StepState};
use crate::domain::iteration::IterationKey;
use crate::domain::room::Room;
use crate::domain::touch::TouchKey;
use crate::policy::Rules;
use crate::store::{Store, deployments, rooms};

/// Ends the deployment; starts the one that waited; a failure is told in the room, once.
pub(super) async fn tried(
    store: &Store,
    (rules, templates): (&Rules, &Templates),
    (id, now): (&DeploymentId, Timestamp),
) -> Result<Decision, OutcomeError> {
    let mut reader = store.reader().await?;
    let found = deployments::find(&mut reader, id).await?;
    let Some(running) = found.filter(|deployment| deployment.state == DeploymentState::Applying) else {
        return Ok(Decision::Nothing(Why::Empty));
    };
    let name = running.environment.clone();
    let queued = deployments::newest_in(&mut reader, &name, DeploymentState::Queued).await?;
    let room = rooms::of_iteration(&mut reader, &IterationKey::new(name.as_str())).await?;
    let Ok(permit) = permit(rules, "deployment", name.as_str()) else { return Ok(Decision::Nothing(Why::Empty)) };
    let ended = running.ended(now);
    let mut change = Change::new(permit).touching(TouchKey::Card(ended.card.clone()));
    if let Some(room) = room.as_ref().and_then(Room::id)
        && let Some(words) = failure(&ended, templates)?
    {
        let reply = Reply { to: room.clone(), thread: None, only_for: None, content: Content::Text(words) };
        change = change.answering(reply);
    }
    change = change.writing(Write::Moved { deployment: ended, from: DeploymentState::Applying });
    if let Some(next) = queued {
        let next = next.started(now);
        change = change
            .writing(Write::Wish { environment: name.clone(), revision: next.revision })
            .touching(TouchKey::Card(next.card.clone()))
            .touching(TouchKey::Environment(name))
            .writing(Write::Moved { deployment: next, from: DeploymentState::Queued });
    }
    Ok(Decision::Changed(change))
}

/// The line that tells of the first step that failed.
fn failure(
    deployment: &Deployment,
    templates: &Templates,
) -> Result<Option<crate::domain::marked::Marked>, OutcomeError> {
    for step in &deployment.steps {
        if let StepState::Failed { stage, why, .. } = &step.state {
            let facts = json!({
                "name": deployment.environment,
                "revision": deployment.revision,
                "component": step.component,
                "stage": stage,
                "why": why,
            });
            return Ok(Some(templates.render("deploy", "failed", &facts)?));
        }
    }
    Ok(None)
}
