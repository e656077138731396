//! The machine's clock, as if somebody had set it wrong, and sets it again: a line `clock <milliseconds ahead>`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use chamberlain::domain::Timestamp;
use chamberlain::ports::{Clock, SystemClock};

/// The clock. Like the machine's it wakes whoever sleeps after the time that was left when they went to sleep.
#[derive(Clone, Debug)]
pub(crate) struct JumpingClock(Arc<AtomicI64>);

impl JumpingClock {
    pub(crate) fn ahead_by(milliseconds: i64) -> Self {
        Self(Arc::new(AtomicI64::new(milliseconds)))
    }

    pub(crate) fn obey(&self, order: &str) {
        if let Some(Ok(ahead)) = order.strip_prefix("clock ").map(str::parse) {
            self.0.store(ahead, Ordering::SeqCst);
        }
    }
}

#[async_trait]
impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().as_millis() + self.0.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, moment: Timestamp) {
        tokio::time::sleep(moment.since(self.now())).await;
    }
}
