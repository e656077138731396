//! The database's time, where several processes share one: their own clocks may be minutes apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::Timestamp;
use crate::ports::Clock;

/// Less than this, in milliseconds, is the way of a message, and no difference of clocks.
const NEGLIGIBLE: i64 = 250;

/// What is known of the time besides what this machine's clock says.
#[derive(Clone, Debug, Default)]
pub struct StoreTime(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    /// By how many milliseconds the database's clock is ahead of ours; measured by the writer.
    ahead: AtomicI64,
    /// The latest time that was told, in milliseconds.
    latest: AtomicI64,
}

impl StoreTime {
    /// The database said `theirs` when a [`StoreClock`] said `ours`.
    pub(super) fn heard(&self, theirs: Timestamp, ours: Timestamp) {
        let apart = theirs.as_millis() - ours.as_millis();
        if apart.abs() >= NEGLIGIBLE {
            let ahead = self.0.ahead.fetch_add(apart, Ordering::Relaxed) + apart;
            tracing::warn!(
                milliseconds = ahead,
                "this machine's clock and the database's differ; the database's counts"
            );
        }
    }

    /// This time was told.
    pub fn told(&self, time: Timestamp) {
        self.0.latest.fetch_max(time.as_millis(), Ordering::Relaxed);
    }

    /// By how much the clock was set back that says `now`, since this was asked last.
    pub fn set_back(&self, now: Timestamp) -> Duration {
        Timestamp::from_millis(self.0.latest.swap(now.as_millis(), Ordering::Relaxed)).since(now)
    }

    fn ahead(&self) -> i64 {
        self.0.ahead.load(Ordering::Relaxed)
    }
}

/// A clock that tells the database's time.
pub struct StoreClock {
    clock: Arc<dyn Clock>,
    time: StoreTime,
}

impl StoreClock {
    /// A clock over this machine's.
    pub fn over(clock: Arc<dyn Clock>, time: StoreTime) -> Self {
        Self { clock, time }
    }
}

#[async_trait]
impl Clock for StoreClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::from_millis(self.clock.now().as_millis() + self.time.ahead());
        self.time.told(now);
        now
    }

    async fn sleep_until(&self, moment: Timestamp) {
        self.clock.sleep_until(Timestamp::from_millis(moment.as_millis() - self.time.ahead())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::SystemClock;

    #[test]
    fn a_clock_that_was_set_back_is_told_once() {
        let time = StoreTime::default();
        let at = Timestamp::from_millis;
        time.told(at(1_000));
        time.told(at(7_000));
        assert_eq!(time.set_back(at(4_000)), Duration::from_secs(3));
        assert_eq!(time.set_back(at(4_000)), Duration::ZERO);
        assert_eq!(time.set_back(at(9_000)), Duration::ZERO, "it went on");
    }

    #[tokio::test]
    async fn it_goes_as_the_databases_does() {
        let time = StoreTime::default();
        let (ours, clock) = (SystemClock, StoreClock::over(Arc::new(SystemClock), time.clone()));
        let theirs = Timestamp::from_millis(ours.now().as_millis() - 300_000);
        time.heard(theirs, clock.now());
        assert!((clock.now().as_millis() - theirs.as_millis()).abs() < NEGLIGIBLE);
        time.heard(Timestamp::from_millis(clock.now().as_millis() + 100), clock.now());
        assert!((clock.now().as_millis() - theirs.as_millis()).abs() < 2 * NEGLIGIBLE, "what is small is left");
        clock.sleep_until(Timestamp::from_millis(clock.now().as_millis() + 5)).await;
    }
}
