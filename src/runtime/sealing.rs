//! Seals the audit: a moment after something was written there, once a second at most. At rest nothing runs but one
//! sleeper. What is older than the config keeps is removed now and then, by whoever seals.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::Timestamp;
use crate::store::seals::{self, Gathered, MOST, Removal, Sealer};
use crate::store::{Store, StoreError};

/// How long what comes together is waited for: many lines share a seal.
const GATHER: Duration = Duration::from_millis(200);
/// The wait from one batch to the next,
const EVERY: Duration = Duration::from_secs(1);
/// unless there is more than goes into one, as an earlier release leaves it: most of the time is still others'.
const BACKLOG: Duration = Duration::from_millis(100);
/// The wait while a transaction is open that may still write an earlier line.
const HELD: Duration = Duration::from_millis(20);
/// How long that may go on before it is told.
const HELD_LONG: Duration = Duration::from_mins(1);
/// The longest sleep: word of another process may have been lost.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// The wait after the store failed.
const AGAIN: Duration = Duration::from_secs(5);
/// How often it is looked for what is too old.
const REMOVE_EVERY: Duration = Duration::from_hours(1);

/// Seals until `stop`, and removes what is older than `keep`, if something is to be removed at all.
pub(super) async fn run(store: Store, keep: Option<Duration>, stop: CancellationToken) {
    let mut sealing = Sealing {
        sealer: Sealer::over(store.clone()),
        held_since: None,
        removes: keep.map(|keep| (keep, store.clock().now())),
        store,
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = sealing.work() => {}
    }
}

struct Sealing {
    store: Store,
    sealer: Sealer,
    /// Since when a transaction is open that may still write an earlier line; told once.
    held_since: Option<(Timestamp, bool)>,
    /// How long lines are kept, and when it is looked next for older ones.
    removes: Option<(Duration, Timestamp)>,
}

/// What comes next.
enum Next {
    /// Nothing, until something is written.
    Rest,
    /// Another look after a while.
    Look(Duration),
    /// Nothing any more: the store is closed.
    End,
}

impl Sealing {
    async fn work(&mut self) {
        let clock = self.store.clock().clone();
        loop {
            // Asked for before the look, so that what is written meanwhile is not missed.
            let changed = self.store.changed();
            let next = match self.step().await {
                Ok(next) => next,
                Err(StoreError::Closed) => Next::End,
                Err(cause) => {
                    tracing::error!(error = %cause, "the audit cannot be sealed: the store fails");
                    Next::Look(AGAIN)
                }
            };
            match next {
                Next::End => return,
                Next::Look(wait) => clock.sleep_until(clock.now().plus(wait)).await,
                Next::Rest => {
                    tokio::select! {
                        () = changed => {}
                        () = clock.sleep_until(clock.now().plus(LONGEST_SLEEP)) => {}
                    }
                    clock.sleep_until(clock.now().plus(GATHER)).await;
                }
            }
        }
    }

    /// Seals one batch, and removes a little when it is time for that.
    async fn step(&mut self) -> Result<Next, StoreError> {
        let gathered = self.sealer.gather().await?;
        if gathered != Gathered::Held {
            self.held_since = None;
        }
        match gathered {
            Gathered::NotOurs => Ok(Next::Rest),
            Gathered::Held => Ok(self.held()),
            Gathered::Nothing => self.remove().await,
            Gathered::Batch(seal) => {
                let is_full = seal.lines >= MOST;
                let (number, lines, line) = (seal.number, seal.lines, seal.last);
                if self.sealer.put(*seal).await? {
                    tracing::debug!(number, lines, line, "the audit is sealed");
                }
                Ok(Next::Look(if is_full { BACKLOG } else { EVERY }))
            }
        }
    }

    fn held(&mut self) -> Next {
        let now = self.store.clock().now();
        let (since, is_told) = self.held_since.get_or_insert((now, false));
        if !*is_told && now.since(*since) >= HELD_LONG {
            *is_told = true;
            tracing::error!(
                "the audit is not sealed: a transaction that writes to the table `audit` has been open for a minute"
            );
        }
        Next::Look(HELD)
    }

    /// Removes a little of what is older than it is to be kept.
    async fn remove(&mut self) -> Result<Next, StoreError> {
        let now = self.store.clock().now();
        let Some((keep, at)) = self.removes.filter(|(_, at)| *at <= now) else { return Ok(Next::Rest) };
        match seals::removable(&self.store, keep).await? {
            Removal::Lines { line, after, seal } => {
                let (number, through) = (seal.number, seal.removed_through);
                self.store
                    .write(move |tx| Box::pin(async move { seals::remove(tx, (line, after), &seal).await }))
                    .await?;
                tracing::info!(number, through, "lines of the audit that were old enough are removed");
                return Ok(Next::Look(BACKLOG));
            }
            Removal::Spoiled(number) => tracing::error!(
                number,
                "retention leaves the audit alone: the lines of this batch are not what was sealed; \
                 `chamberlain audit verify` tells more"
            ),
            Removal::Nothing => {}
        }
        self.removes = Some((keep, at.plus(REMOVE_EVERY).max(now)));
        Ok(Next::Rest)
    }
}
