//! Once a day what was done long ago is forgotten.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::{Store, StoreError, retention};

/// How long the words of an arrival are kept: long enough to read it again after a mistake of ours.
const BODIES: Duration = Duration::from_hours(7 * 24);
const EVERY: Duration = Duration::from_hours(24);

/// Forgets at the start and once a day, until `stop`.
pub(super) async fn run(store: Store, stop: CancellationToken) {
    loop {
        match forget(&store).await {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(cause) => tracing::error!(error = %cause, "what is old cannot be forgotten: the store fails"),
        }
        let next = store.clock().now().plus(EVERY);
        tokio::select! {
            () = stop.cancelled() => return,
            () = store.clock().sleep_until(next) => {}
        }
    }
}

async fn forget(store: &Store) -> Result<(), StoreError> {
    let now = store.clock().now();
    let (bodies, keys) = (now.minus(BODIES), now.minus(retention::KEYS));
    let mut arrivals = Some(retention::START);
    while let Some(after) = arrivals {
        let walked =
            store.write(move |tx| Box::pin(async move { retention::forget_arrivals(tx, (bodies, keys), after).await }));
        arrivals = walked.await?.next;
    }
    let mut deeds = Some(retention::START);
    while let Some(after) = deeds {
        deeds =
            store.write(move |tx| Box::pin(async move { retention::forget_deeds(tx, keys, after).await })).await?.next;
    }
    Ok(())
}
