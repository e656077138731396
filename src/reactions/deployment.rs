//! What follows when every step of a deployment was tried: it ends, an update that failed is taken back, and what
//! waited starts.

use super::{AfterFailure, Ground, ReactionError, failure, update};
use crate::change::{Change, Decision, Reply, Why, Write};
use crate::domain::card::{CardRow, Subject};
use crate::domain::deployment::{Cause, Deployment, DeploymentId, DeploymentState, Moved};
use crate::domain::environment::Revision;
use crate::domain::iteration::IterationKey;
use crate::domain::order::{self, OnCard, Order, Placed, Wanted};
use crate::domain::record::Record;
use crate::domain::timer::{Timer, TimerKey};
use crate::domain::touch::TouchKey;
use crate::policy::Permit;
use crate::store::{deployments, record, revisions};

/// Its platform does not answer: how the deployment stands is not known until it does.
pub(super) async fn lost(ground: &Ground, id: &DeploymentId) -> Result<Decision, ReactionError> {
    let found = deployments::find(&mut ground.store.reader().await?, id).await?;
    let Some(running) = found.filter(|deployment| deployment.state == DeploymentState::Applying) else {
        return Ok(Decision::Nothing(Why::Empty));
    };
    Ok(match permit(ground, &running) {
        Some(permit) => Decision::Changed(Change::new(permit).moving(running.moved(DeploymentState::Unknown))),
        None => Decision::Nothing(Why::Empty),
    })
}

/// Ends the deployment.
pub(super) async fn tried(ground: &Ground, id: &DeploymentId) -> Result<Decision, ReactionError> {
    let mut reader = ground.store.reader().await?;
    let found = deployments::find(&mut reader, id).await?;
    let Some(running) = found.filter(|deployment| deployment.state.is_running()) else {
        return Ok(Decision::Nothing(Why::Empty));
    };
    let name = running.environment.clone();
    let record = record::read(&mut reader, &IterationKey::new(name.as_str())).await?;
    let before = deployments::before(&mut reader, &running).await?;
    let revision = revisions::find(&mut reader, &name, running.revision).await?;
    drop(reader);
    let story = Story { before, revision, room: ground.room(&name).await? };
    let Some(permit) = permit(ground, &running) else { return Ok(Decision::Nothing(Why::Empty)) };
    let ended = running.ended(ground.now);
    let change = Change::new(permit);
    let mut change = match (ended.deployment.state, ended.deployment.cause) {
        (DeploymentState::Failed, Cause::Update) => failed_update(ground, change, (&record, &story), ended).await?,
        (DeploymentState::Failed, Cause::Asked | Cause::Drift | Cause::TakenBack) => {
            let told = failure::told(ground, (&ended.deployment, story.room.as_ref()), None).await?;
            told.by(change.moving(ended))
        }
        (DeploymentState::Succeeded, Cause::Update) => {
            let told = success(ground, (&ended.deployment, &story)).await?;
            told.into_iter().fold(change.moving(ended), Change::answering)
        }
        _ => change.moving(ended),
    };
    if let Some(queued) = record.queued {
        let (deployment, started) = order::start(&record.environment, queued, ground.now);
        change = change.starting(Moved { deployment, from: DeploymentState::Queued }, started);
    }
    // What came while it ran was left for now.
    let timer = Some(Timer::at(ground.now.plus(ground.updates.settle), ground.now, &ground.event));
    Ok(Decision::Changed(change.writing(Write::Timer { key: TimerKey::Update(name), timer })))
}

/// What a deployment's end is told with.
struct Story {
    before: Option<Deployment>,
    revision: Option<Revision>,
    room: Option<crate::domain::RoomId>,
}

fn permit(ground: &Ground, deployment: &Deployment) -> Option<Permit> {
    ground.permit("deployment", "tell", deployment.environment.as_str()).ok()
}

/// An update that failed has a card of its own; the one it was told on goes back to the story before. Its versions are
/// not taken by themselves again, and if so chosen the environment goes back to what it was.
async fn failed_update(
    ground: &Ground,
    change: Change,
    (record, story): (&Record, &Story),
    ended: Moved,
) -> Result<Change, ReactionError> {
    let name = ended.deployment.environment.clone();
    let before = match &story.before {
        Some(before) => revisions::find(&mut ground.store.reader().await?, &name, before.revision).await?,
        None => None,
    };
    let mut refused = record.environment.refused.clone();
    let is_new = |(component, selection): &(&_, &crate::domain::environment::Selection)| {
        before.as_ref().and_then(|before| before.selections.get(*component)) != Some(*selection)
    };
    let tried = story.revision.iter().flat_map(|revision| &revision.selections).filter(is_new);
    refused.extend(tried.map(|(component, selection)| (component.clone(), selection.artifact.digest.clone())));
    let taken_back = taken_back(ground, (record, story), before.as_ref());
    let told_on = ended.deployment.card.clone();
    let subject = Subject::Run { environment: name.clone(), deployment: ended.deployment.id.clone() };
    let card = CardRow::new(&ground.event, subject);
    let ended = Moved { deployment: Deployment { card: card.id.clone(), ..ended.deployment }, ..ended };
    let goes_to = taken_back.as_ref().and_then(|placed| placed.revision.as_ref()).zip(before.as_ref());
    let goes_to = goes_to.map(|(new, older)| (new.number, older.number));
    let told = failure::told(ground, (&ended.deployment, story.room.as_ref()), goes_to).await?;
    let mut change = change
        .moving(ended)
        .writing(Write::Card(card))
        .writing(Write::Refuse { environment: name.clone(), refused })
        .touching(TouchKey::Card(told_on.clone()));
    if let Some(before) = &story.before {
        change = change.writing(Write::Card(CardRow::running(told_on, before)));
    }
    Ok(taken_back.into_iter().fold(told.by(change), Change::ordering))
}

/// The order that takes a failed update back; none when it is not so chosen, or something else comes next anyway.
fn taken_back(ground: &Ground, (record, story): (&Record, &Story), before: Option<&Revision>) -> Option<Placed> {
    let is_wished = ground.updates.after_failure == AfterFailure::TakeBack && record.queued.is_none();
    let (true, Some(before), Some(revision)) = (is_wished, before, &story.revision) else { return None };
    let permit = ground.permit("update", "mend", record.environment.name.as_str()).ok()?;
    let record = Record { running: None, last: story.before.clone(), ..record.clone() };
    let last = record.last.as_ref()?;
    let order = Order {
        wanted: Wanted::Content(before),
        cause: Cause::TakenBack,
        by: &permit.actor().clone(),
        why: format!("revision {} failed: back to {}", revision.number, before.number),
        origin: None,
        asked_in: last.asked_in.clone(),
        card: OnCard::Last,
        event: &ground.event,
        now: ground.now,
    };
    order::place(&record, &ground.project.component_names(), &order).ok()
}

/// An update that came through is one line in the thread of the card that shows it.
async fn success(ground: &Ground, (deployment, story): (&Deployment, &Story)) -> Result<Option<Reply>, ReactionError> {
    let Some(revision) = &story.revision else { return Ok(None) };
    let before = match &story.before {
        Some(before) => {
            revisions::find(&mut ground.store.reader().await?, &deployment.environment, before.revision).await?
        }
        None => None,
    };
    let words = ground.words("updates", "updated", &update::told(before.as_ref(), revision, deployment))?;
    ground.in_thread(deployment, words).await
}
