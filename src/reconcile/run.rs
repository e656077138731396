//! The loop: takes touched keys that are due, has the steward of each look, and lets go of them. At rest nothing
//! runs but one sleeper.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::facts::Buttons;
use super::{Next, StewardError, cards, environments, homes, members, repositories, rooms, successors};
use crate::card::templates::Templates;
use crate::domain::component::RepositoryName;
use crate::domain::iteration::Iteration;
use crate::domain::project::Project;
use crate::domain::touch::TouchKey;
use crate::domain::{ChatName, Timestamp};
use crate::metrics::Looked;
use crate::ports::{ArtifactSource, ChatAdapter, Clock, EnvironmentDriver, Ids};
use crate::store::touches::{self, Claimed, Reach};
use crate::store::{Store, StoreError, environments as environments_table, former_rooms, iterations};

/// The longest sleep: another process may have touched something, or the clock jumped.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// The wait after a look that failed; doubled up to [`LONGEST_WAIT`] while it goes on failing.
const AGAIN: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How long a look that was begun may take to end once the house closes.
const SOFT_STOP: Duration = Duration::from_secs(3);

/// What stewards work with.
#[derive(Clone)]
pub struct Stewards {
    /// What should be, and what was seen.
    pub store: Store,
    /// The chats, by name.
    pub chats: Arc<HashMap<ChatName, Arc<dyn ChatAdapter>>>,
    /// The words of cards.
    pub templates: Arc<dyn Fn() -> Arc<Templates> + Send + Sync>,
    /// Which buttons have a skill behind them.
    pub buttons: Buttons,
    /// How rooms are named: `{key}` and `{project}` stand for the iteration's.
    pub room_name: String,
    /// What environments are made of.
    pub project: Arc<Project>,
    /// Where environments run.
    pub driver: Arc<dyn EnvironmentDriver>,
    /// Where versions come from.
    pub source: Arc<dyn ArtifactSource>,
    /// How long an environment goes without a look when nothing hints at a change.
    pub check_every: Duration,
    /// How long a machine was not heard of before what runs there is not known any more.
    pub lost_after: Duration,
    /// How long each repository goes without a look.
    pub polls: Arc<BTreeMap<RepositoryName, Duration>>,
    /// Breaks off what is being brought about once the house closes.
    pub stop: CancellationToken,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Nonces.
    pub ids: Arc<dyn Ids>,
}

/// A start looks at everything that should run, at every repository and at every room: much may have happened while
/// nobody watched.
pub async fn touch_all(store: &Store, polls: impl Iterator<Item = &RepositoryName>) -> Result<(), StoreError> {
    let mut reader = store.reader().await?;
    let wished = environments_table::wished(&mut reader).await?;
    let open = iterations::all(&mut reader).await?.into_iter().filter(Iteration::is_open).map(|one| one.key);
    let former = former_rooms::untold(&mut reader).await?.into_iter().map(|former| TouchKey::Former(former.room));
    drop(reader);
    let rooms = open.flat_map(|key| [TouchKey::Room(key.clone()), TouchKey::Members(key)]).chain(former);
    let repositories = polls.cloned().map(TouchKey::Repository);
    let keys: Vec<TouchKey> = wished.into_iter().map(TouchKey::Environment).chain(repositories).chain(rooms).collect();
    let now = store.clock().now();
    store.observe(Vec::new(), move |tx| Box::pin(async move { touches::touch(tx, &keys, now).await })).await
}

/// Looks until `stop`, then ends the looks that were begun.
pub async fn run(stewards: Stewards, stop: CancellationToken) {
    let mut looking = JoinSet::new();
    let mut terms = stewards.store.terms();
    looking.spawn(homes::clear(stewards.clone()));
    loop {
        // Asked for before the look, so that a touch between the two is not missed.
        let touched = stewards.store.touched().notified();
        let wake_at = match start_due(&stewards, &mut looking).await {
            Ok(wake_at) => wake_at,
            Err(cause) => {
                tracing::error!(error = %cause, "stewards cannot look: the store fails");
                stewards.clock.now().plus(AGAIN)
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = touched => {}
            // While nobody heard of us, what runs here may have been moved elsewhere.
            Ok(()) = terms.changed() => drop(looking.spawn(homes::clear(stewards.clone()))),
            Some(ended) = looking.join_next() => {
                log(ended, "a steward was broken off");
                // Whatever ended with it is let go of by now, too: one look at what is due is enough for all.
                while let Some(ended) = looking.try_join_next() {
                    log(ended, "a steward was broken off");
                }
            }
            () = stewards.clock.sleep_until(wake_at) => {}
        }
    }
    let ending = async { while looking.join_next().await.is_some() {} };
    if tokio::time::timeout(SOFT_STOP, ending).await.is_err() {
        tracing::warn!("a look that did not end in time is taken up at the next start");
    }
}

/// Takes what is due; gives when to look again.
async fn start_due(stewards: &Stewards, looking: &mut JoinSet<()>) -> Result<Timestamp, StoreError> {
    let (term, reach) = (stewards.store.term(), stewards.reach());
    let (now, latest) = (reach.now, reach.now.plus(LONGEST_SLEEP.min(stewards.lost_after)));
    let due = touches::next_due(&mut stewards.store.reader().await?, &reach, latest).await?;
    match due {
        Some(due) if due <= now => {}
        due => return Ok(due.unwrap_or(latest)),
    }
    // All that a look writes belongs to the term in which it has the key in hand.
    let store = stewards.store.within(&term);
    let worker = term.worker().clone();
    let claimed = store.write(move |tx| Box::pin(async move { touches::claim(tx, &worker, &reach).await })).await?;
    for claimed in claimed {
        let span = tracing::info_span!("steward", key = claimed.key.to_text());
        let (stewards, term) = (Stewards { store: store.clone(), ..stewards.clone() }, term.clone());
        let store = store.clone();
        let look = Box::pin(look(stewards, claimed).instrument(span));
        looking.spawn(async move { store.as_worker(term.worker(), look).await.unwrap_or_default() });
    }
    // More may be due than can be taken at once.
    Ok(now)
}

async fn look(stewards: Stewards, mut claimed: Claimed) {
    let looked = reconcile(&stewards, &claimed.key).await;
    let end = match &looked {
        Ok(Next::AtRest) => "at_rest",
        Ok(Next::At(_)) => "again",
        Err(_) => "failed",
    };
    stewards.store.metrics().looked(Looked { steward: claimed.key.kind(), end });
    let next = match looked {
        Ok(next) => {
            claimed.failures = 0;
            next
        }
        Err(StewardError::Store(StoreError::Closed)) => return,
        Err(cause) => {
            tracing::warn!(error = %cause, "a look failed; it is taken up again");
            let wait = AGAIN.saturating_mul(2_u32.saturating_pow(claimed.failures)).min(LONGEST_WAIT);
            claimed.failures = claimed.failures.saturating_add(1);
            Next::At(stewards.clock.now().plus(cause.wished_wait().unwrap_or(wait)))
        }
    };
    let again = match next {
        Next::AtRest => None,
        Next::At(moment) => Some(moment),
    };
    release(&stewards, claimed, again).await;
}

/// Lets go of a key. Nobody else can look at it before, so that a store that fails is asked again.
async fn release(stewards: &Stewards, claimed: Claimed, again: Option<Timestamp>) {
    let worker = stewards.store.worker();
    loop {
        let (claimed, worker) = (claimed.clone(), worker.clone());
        let released = stewards
            .store
            .write(move |tx| Box::pin(async move { touches::release(tx, &claimed, &worker, again).await }));
        match released.await {
            Ok(()) | Err(StoreError::Closed | StoreError::ClaimLost) => return,
            Err(cause) => tracing::error!(error = %cause, "a steward cannot let go of its key; it is tried again"),
        }
        stewards.clock.sleep_until(stewards.clock.now().plus(AGAIN)).await;
    }
}

async fn reconcile(stewards: &Stewards, key: &TouchKey) -> Result<Next, StewardError> {
    match key {
        TouchKey::Room(iteration) => rooms::reconcile(stewards, iteration).await,
        TouchKey::Former(room) => successors::tell(stewards, room).await,
        TouchKey::Members(iteration) => members::reconcile(stewards, iteration).await,
        TouchKey::Card(card) => cards::reconcile(stewards, card).await,
        TouchKey::Environment(environment) => environments::reconcile(stewards, environment).await,
        TouchKey::Repository(repository) => repositories::reconcile(stewards, repository).await,
    }
}

impl Stewards {
    /// Which keys it may take now.
    fn reach(&self) -> Reach {
        let now = self.clock.now();
        Reach { home: self.store.home().clone(), lost_before: now.minus(self.lost_after), now }
    }

    /// The chat of this name.
    pub(super) fn chat(&self, name: &ChatName) -> Result<&Arc<dyn ChatAdapter>, StewardError> {
        self.chats.get(name).ok_or_else(|| StewardError::Broken(format!("no chat is called {name}")))
    }
}

fn log<T, E: std::fmt::Display>(result: Result<T, E>, what: &str) {
    if let Err(cause) = result {
        tracing::error!(error = %cause, "{what}");
    }
}
