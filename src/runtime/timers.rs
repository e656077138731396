//! Timers: when one is due it goes into the inbox like everything else that happened. At rest nothing runs but one
//! sleeper.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::Timestamp;
use crate::domain::timer::{Timer, TimerKey};
use crate::event::timer::arrival;
use crate::store::{Store, StoreError, timers};

/// The longest sleep: another process may have set one, or the clock jumped.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// The wait after the store failed.
const AGAIN: Duration = Duration::from_secs(2);

/// Fires timers until `stop`.
pub(super) async fn run(store: Store, stop: CancellationToken) {
    loop {
        // Asked for before the look, so that a timer set between the two is not missed.
        let timed = store.timed().notified();
        let wake_at = match fire_due(&store).await {
            Ok(wake_at) => wake_at,
            Err(StoreError::Closed) => return,
            Err(cause) => {
                tracing::error!(error = %cause, "timers cannot be fired: the store fails");
                store.clock().now().plus(AGAIN)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = timed => {}
            () = store.clock().sleep_until(wake_at) => {}
        }
    }
}

/// Fires what is due; gives when to look again.
async fn fire_due(store: &Store) -> Result<Timestamp, StoreError> {
    let now = store.clock().now();
    loop {
        let due = timers::due(&mut store.reader().await?, now).await?;
        if due.is_empty() {
            break;
        }
        for (key, timer) in due {
            fire(store, key, timer).await?;
        }
    }
    let next = timers::next_due(&mut store.reader().await?).await?;
    let latest = now.plus(LONGEST_SLEEP);
    Ok(next.map_or(latest, |next| next.min(latest)))
}

/// Takes the timer away and writes its arrival in one transaction; who else fires it finds the arrival there.
async fn fire(store: &Store, key: TimerKey, timer: Timer) -> Result<(), StoreError> {
    let fired = arrival(&key, &timer);
    store.observe(vec![fired], move |tx| Box::pin(async move { timers::fired(tx, &key, &timer).await })).await
}
