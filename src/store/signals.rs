//! What those who wait are told, by our own writer and by others on the same database.

use std::sync::Arc;

use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, watch};

use super::claims::Queue;
use super::lease::Lease;
use super::listen::News;
use crate::domain::Crew;

/// The bells of a store.
pub(super) struct Signals {
    pub(super) lease: Lease,
    crew: watch::Sender<Crew>,
    changed: Arc<Notify>,
    touched: Arc<Notify>,
    timed: Arc<Notify>,
    asked: Arc<Notify>,
    freed_arrivals: Arc<Notify>,
    freed_deeds: Arc<Notify>,
}

impl Signals {
    pub(super) fn new(lease: Lease, crew: Crew) -> Self {
        Self {
            lease,
            crew: watch::Sender::new(crew),
            changed: Arc::default(),
            touched: Arc::default(),
            timed: Arc::default(),
            asked: Arc::default(),
            freed_arrivals: Arc::default(),
            freed_deeds: Arc::default(),
        }
    }

    /// Tells of something that was committed.
    pub(super) fn tell(&self, news: News) {
        if news.has(News::TOUCHED) {
            self.touched.notify_one();
        }
        if news.has(News::TIMED) {
            self.timed.notify_one();
        }
        if news.has(News::ASKED) {
            self.asked.notify_one();
        }
        if news.has(News::FREED) {
            self.freed_arrivals.notify_one();
            self.freed_deeds.notify_one();
        }
        self.changed.notify_waiters();
    }

    /// Who is at work now.
    pub(super) fn meet(&self, crew: Crew) {
        self.crew.send_if_modified(|before| std::mem::replace(before, crew) != crew);
    }

    pub(super) fn crew(&self) -> watch::Receiver<Crew> {
        self.crew.subscribe()
    }

    pub(super) fn changed(&self) -> OwnedNotified {
        self.changed.clone().notified_owned()
    }

    pub(super) fn touched(&self) -> &Arc<Notify> {
        &self.touched
    }

    pub(super) fn timed(&self) -> &Arc<Notify> {
        &self.timed
    }

    pub(super) fn asked(&self) -> &Arc<Notify> {
        &self.asked
    }

    pub(super) fn freed(&self, queue: Queue) -> &Arc<Notify> {
        match queue {
            Queue::Inbox => &self.freed_arrivals,
            Queue::Outbox => &self.freed_deeds,
        }
    }
}

#[cfg(test)]
mod tests {
    use shuttle::future::{block_on, spawn, yield_now};
    use shuttle::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::domain::WorkerId;
    use crate::store::lease::Until;

    fn bells() -> Arc<Signals> {
        Arc::new(Signals::new(Lease::begin(WorkerId::new("w1"), Until::FOREVER), Crew::ALONE))
    }

    /// Somebody commits twice, and tells of it each time; whoever waits sees the second, or sleeps for ever.
    fn race<W>(wait: impl Fn(Arc<Signals>, Arc<AtomicBool>) -> W + Send + Sync + 'static)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let run = move || {
            let (signals, is_written) = (bells(), Arc::new(AtomicBool::new(false)));
            let waiting = spawn(wait(signals.clone(), is_written.clone()));
            spawn(async move {
                signals.tell(News::ALL);
                is_written.store(true, Ordering::SeqCst);
                signals.tell(News::ALL);
            });
            block_on(waiting).unwrap();
        };
        shuttle::check_random(run, 1000);
    }

    #[test]
    fn whoever_asks_before_it_looks_misses_no_commit() {
        race(|signals, is_written| async move {
            loop {
                let changed = signals.changed();
                if is_written.load(Ordering::SeqCst) {
                    return;
                }
                yield_now().await;
                changed.await;
            }
        });
    }

    fn freed(signals: &Signals) -> &Arc<Notify> {
        signals.freed(Queue::Inbox)
    }

    #[test]
    fn what_was_told_while_nobody_waited_is_told_to_who_comes() {
        for bell in [Signals::touched, Signals::timed, Signals::asked, freed] {
            race(move |signals, is_written| async move {
                while !is_written.load(Ordering::SeqCst) {
                    // Whoever is at work on what it has found listens to nobody.
                    yield_now().await;
                    bell(&signals).notified().await;
                }
            });
        }
    }
}
