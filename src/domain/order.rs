//! To order a deployment: all that changes when a person, a newer version or a drift asks an environment to become
//! something. The one way in, whoever asks.

use std::collections::BTreeMap;

use super::artifact::Digest;
use super::card::{CardId, CardRow};
use super::component::ComponentName;
use super::deployment::{Cause, Deployment, DeploymentId, DeploymentState, Moved, Step, StepState};
use super::environment::{Draft, Environment, Origin, Revision, Selection, Selections, Wish};
use super::person::Actor;
use super::record::Record;
use super::revise::{Choice, revise};
use super::touch::TouchKey;
use super::{EventId, Refusal, RoomId, Timestamp};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Order<'o> {
    /// What the environment should become.
    pub wanted: Wanted<'o>,
    /// What led to it.
    pub cause: Cause,
    /// Who asks.
    pub by: &'o Actor,
    /// In which words, or why.
    pub why: String,
    /// The message that asks; none when nobody does.
    pub origin: Option<Origin>,
    /// Where its failure is told.
    pub asked_in: RoomId,
    /// Which card tells its story.
    pub card: OnCard,
    /// The event that is decided: new ids are made from it.
    pub event: &'o EventId,
    /// Now.
    pub now: Timestamp,
}

/// What the environment should become.
#[derive(Clone, Debug)]
pub enum Wanted<'o> {
    /// Differences to what is wished.
    Differences {
        /// The differences.
        changes: Selections,
        /// What runs where nobody chose.
        defaults: &'o [Selection],
    },
    /// The content of an older revision. It does not wait for what runs: that is called off.
    Content(&'o Revision),
    /// What is wished already, once more.
    Again(&'o Revision),
}

/// Which card tells the story.
#[derive(Clone, Debug)]
pub enum OnCard {
    /// A new one.
    New,
    /// The deploy card that was pressed; its draft is used up.
    Pressed(CardRow),
    /// The last deployment's, edited.
    Last,
}

/// All that changes.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The environment, if it is not there yet.
    pub environment: Environment,
    /// What is being chosen from now on, and the version that was decided on; none when nobody's draft is touched.
    pub draft: Option<(Draft, i64)>,
    /// The new revision; none when it is one that is there.
    pub revision: Option<Revision>,
    /// The deployment.
    pub deployment: Deployment,
    /// What is wished from now on; none while the deployment waits.
    pub started: Option<Started>,
    /// The waiting one that it supersedes, and the running one that it calls off.
    pub moved: Vec<Moved>,
    /// The card that shows something else from now on.
    pub card: Option<CardRow>,
    /// The versions that are not taken by themselves, when these change.
    pub refused: Option<BTreeMap<ComponentName, Digest>>,
    /// What should be looked at.
    pub touched: Vec<TouchKey>,
}

/// What changes when a deployment starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// What is wished.
    pub wish: Wish,
    /// Which life of the environment.
    pub generation: i64,
    /// The card, showing the deployment.
    pub card: CardRow,
}

/// Orders a deployment: it starts at once when nothing runs, else it waits, in the place of any that waited before.
///
/// # Errors
/// When no revision can be made of it.
pub fn place(record: &Record, components: &[ComponentName], order: &Order<'_>) -> Result<Placed, Refusal> {
    let environment = &record.environment;
    let (revision, is_new) = revision(record, components, order)?;
    let by_person = order.cause == Cause::Asked;
    let (pressed, card) = card(record, order, by_person);
    let deployment = queued(record, (&revision, card), order);
    let mut touched = vec![TouchKey::Card(deployment.card.clone())];
    // The buttons of what came before retire; an open choice is shown against what is wished now.
    touched.extend(record.last.iter().map(|last| TouchKey::Card(last.card.clone())));
    touched.extend(record.open_card.iter().map(|open| TouchKey::Card(open.id.clone())));
    let mut moved = Vec::new();
    if let Some(queued) = record.queued.clone() {
        touched.push(TouchKey::Card(queued.card.clone()));
        moved.push(queued.superseded(order.now));
    }
    let goes_back = matches!(order.wanted, Wanted::Content(_));
    if goes_back
        && let Some(stopping) = record.running.clone().and_then(|running| running.called_off(&deployment.by, order.now))
    {
        touched.push(TouchKey::Environment(environment.name.clone()));
        moved.push(stopping);
    }
    let waits = record.running.is_some() && moved.iter().all(|moved| moved.from != DeploymentState::Unknown);
    let (deployment, started) = if waits {
        (deployment, None)
    } else {
        touched.push(TouchKey::Environment(environment.name.clone()));
        let (deployment, started) = start(environment, deployment, order.now);
        (deployment, Some(started))
    };
    let card = match (&started, &order.card) {
        (Some(started), _) => Some(started.card.clone()),
        // While it waits, the last one's card goes on to tell the last one's story.
        (None, OnCard::Last) => None,
        (None, OnCard::New | OnCard::Pressed(_)) => Some(shown_on(&deployment)),
    };
    Ok(Placed {
        environment: environment.clone(),
        draft: by_person.then(|| (draft(environment, pressed), environment.draft.version)),
        refused: by_person.then(|| refused(environment, record.base.as_ref(), &revision, goes_back)),
        revision: is_new.then_some(revision),
        deployment,
        started,
        moved,
        card,
        touched,
    })
}

/// The deployment, waiting.
fn queued(record: &Record, (revision, card): (&Revision, CardId), order: &Order<'_>) -> Deployment {
    let waiting = |name: &ComponentName| Step { component: name.clone(), state: StepState::Waiting };
    Deployment {
        id: DeploymentId::new(format!("deployment-{}", order.event)),
        number: record.deployments + 1,
        environment: record.environment.name.clone(),
        generation: record.environment.generation,
        revision: revision.number,
        state: DeploymentState::Queued,
        cause: order.cause,
        by: order.by.to_string(),
        asker: order.by.person().cloned(),
        cancelled_by: None,
        asked_in: order.asked_in.clone(),
        card,
        queued_at: order.now,
        started_at: None,
        ended_at: None,
        steps: revision.selections.keys().map(waiting).collect(),
    }
}

/// The queued deployment starts: its revision is the wish. What was removed begins a new life.
pub fn start(environment: &Environment, deployment: Deployment, now: Timestamp) -> (Deployment, Started) {
    let begins_anew = matches!(environment.wish, Wish::Absent { .. });
    let generation = environment.generation + i64::from(begins_anew);
    let deployment = Deployment { state: DeploymentState::Applying, started_at: Some(now), generation, ..deployment };
    let started = Started { wish: Wish::Present(deployment.revision), generation, card: shown_on(&deployment) };
    (deployment, started)
}

/// The deployment's card, showing it.
fn shown_on(deployment: &Deployment) -> CardRow {
    CardRow::running(deployment.card.clone(), deployment)
}

fn revision(record: &Record, components: &[ComponentName], order: &Order<'_>) -> Result<(Revision, bool), Refusal> {
    let choice = || Choice { by: order.by, why: order.why.clone(), origin: order.origin.clone(), now: order.now };
    match &order.wanted {
        Wanted::Differences { changes, defaults } => {
            match revise(&record.basis(defaults, components), changes, choice()) {
                // It is wished already and did not come through: it is tried once more.
                Err(Refusal::NothingChanges { .. }) if record.is_unfinished() => again(record),
                made => Ok((made?, true)),
            }
        }
        Wanted::Content(former) => Ok((revise(&record.basis(&[], components), &former.selections, choice())?, true)),
        Wanted::Again(wished) => Ok(((*wished).clone(), false)),
    }
}

fn again(record: &Record) -> Result<(Revision, bool), Refusal> {
    let nothing = || Refusal::NothingChanges { environment: record.environment.name.to_string() };
    record.base.clone().map(|base| (base, false)).ok_or_else(nothing)
}

/// Whether the deploy card was pressed, and which card tells the story.
fn card(record: &Record, order: &Order<'_>, by_person: bool) -> (bool, CardId) {
    let new = || CardId::new(format!("card-{}", order.event));
    match &order.card {
        OnCard::New => (false, new()),
        OnCard::Pressed(card) => (by_person, card.id.clone()),
        OnCard::Last => (false, record.last.as_ref().map_or_else(new, |last| last.card.clone())),
    }
}

/// The guard rises with every revision that a person makes; only the pressed draft is used up.
fn draft(environment: &Environment, pressed: bool) -> Draft {
    let changes = if pressed { Selections::new() } else { environment.draft.changes.clone() };
    Draft { version: environment.draft.version + 1, changes }
}

/// A person's choice is no longer refused; what a person went back from is not taken again by itself.
fn refused(
    environment: &Environment,
    base: Option<&Revision>,
    revision: &Revision,
    goes_back: bool,
) -> BTreeMap<ComponentName, Digest> {
    let mut refused = environment.refused.clone();
    refused
        .retain(|component, digest| revision.selections.get(component).is_none_or(|to| to.artifact.digest != *digest));
    let left = base.filter(|_| goes_back).into_iter().flat_map(|base| &base.selections);
    let left = left.filter(|(component, from)| {
        revision.selections.get(*component).is_some_and(|to| to.artifact.digest != from.artifact.digest)
    });
    refused.extend(left.map(|(component, from)| (component.clone(), from.artifact.digest.clone())));
    refused
}
