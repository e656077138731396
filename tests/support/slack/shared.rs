//! The workspace behind its lock, and the bell that rings after every change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::world::World;

/// What the server and the handles share.
pub(super) struct Shared {
    world: Mutex<World>,
    changes: watch::Sender<()>,
}

impl Shared {
    pub(super) fn new(world: World) -> Arc<Self> {
        Arc::new(Self { world: Mutex::new(world), changes: watch::Sender::new(()) })
    }

    /// Changes something, and wakes all who wait for a change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let done = change(&mut self.lock());
        self.changes.send_replace(());
        done
    }

    pub(super) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// A test that fails inside a closure must be told why, not that the lock is poisoned.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends envelopes again when their time has come.
pub(super) async fn carry(shared: Arc<Shared>) {
    let mut changes = shared.changes();
    loop {
        changes.mark_unchanged();
        let (did, next) = shared.lock().tick(Instant::now());
        if did {
            shared.changes.send_replace(());
        }
        let due = async {
            match next {
                Some(next) => sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            rung = changes.changed() => if rung.is_err() { return },
            () = due => {}
        }
    }
}
