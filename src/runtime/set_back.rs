//! A machine's clock that was wrong and is set right: what was put off by the old time is brought forward. (A server's
//! time is its own affair.)

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::Timestamp;
use crate::store::{Store, StoreError, set_back};

/// How often the clock is looked at: what is put off may be late by so much.
const LOOK: Duration = Duration::from_secs(2);
/// What is less is left.
const NEGLIGIBLE: Duration = Duration::from_secs(1);

/// Looks at the clock until `stop`; first whether it was set back since the last arrival of an earlier start.
pub(super) async fn run(store: Store, stop: CancellationToken) {
    if !store.is_alone() {
        return stop.cancelled().await;
    }
    match last_arrival(&store).await {
        Ok(last) => store.time().told(last.unwrap_or(Timestamp::ZERO)),
        Err(cause) => tracing::error!(error = %cause, "when the last arrival came cannot be told: the store fails"),
    }
    loop {
        let now = store.clock().now();
        let back = store.time().set_back(now);
        match bring_forward(&store, back, now).await {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(cause) => {
                tracing::error!(error = %cause, "what is put off cannot be brought forward: the store fails");
                store.time().told(now.plus(back));
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            // By no clock that is set.
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn last_arrival(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    set_back::last_arrival(&mut store.reader().await?).await
}

async fn bring_forward(store: &Store, back: Duration, now: Timestamp) -> Result<(), StoreError> {
    if back < NEGLIGIBLE {
        return Ok(());
    }
    store.write(move |tx| Box::pin(async move { set_back::bring_forward(tx, back, now).await })).await?;
    tracing::warn!(seconds = back.as_secs(), "the clock was set back; what was put off is brought forward by as much");
    store.touched().notify_one();
    store.timed().notify_one();
    Ok(())
}
