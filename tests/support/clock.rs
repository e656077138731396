//! Time that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::ports::Clock;
use tokio::sync::Notify;

/// A clock moved by hand.
pub struct HandClock {
    now: AtomicI64,
    moved: Notify,
}

impl Default for HandClock {
    fn default() -> Self {
        // 2026-03-02 09:00 UTC, a Monday.
        Self { now: AtomicI64::new(1_772_442_000_000), moved: Notify::new() }
    }
}

impl HandClock {
    /// The clock is set back, as a machine's is when it finds out that it was wrong.
    pub fn set_back(&self, time: Duration) {
        self.now.fetch_sub(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.now.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        self.moved.notify_waiters();
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, moment: Timestamp) {
        loop {
            let moved = self.moved.notified();
            if self.now() >= moment {
                return;
            }
            moved.await;
        }
    }
}
