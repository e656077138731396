//! How long what this process has in hand is its own.
//!
//! On a SQLite file a process is alone, and its term lasts as long as it runs. On a server others take over what a
//! worker has in hand when it has not been heard of for [`LEASE`]. However it was held up (stopped, cut off, a slow
//! disk), it must have stopped by then of itself: its term ends a little earlier than the others know, what it had
//! begun is broken off at its next step, and it goes on as a new worker.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::domain::WorkerId;

/// How long a worker is waited for that is not heard of. Long enough for a database that is restarted or slow for a
/// moment, short enough that another process takes over while the person still looks.
pub const LEASE: Duration = Duration::from_secs(6);

/// What is between the last look at the term and the wire.
const MARGIN: Duration = Duration::from_millis(500);

/// One life of a worker.
#[derive(Debug)]
pub struct Term {
    worker: WorkerId,
    /// In milliseconds of [`awake`].
    until: AtomicU64,
    over: CancellationToken,
}

impl Term {
    /// Who it is in claims.
    pub fn worker(&self) -> &WorkerId {
        &self.worker
    }

    /// Whether what the worker has in hand is still its own.
    pub fn is_held(&self) -> bool {
        !self.over.is_cancelled() && awake() < self.until.load(Ordering::Acquire)
    }

    /// Does `work` as long as the term is held: no step of it begins later. Gives nothing when it was broken off.
    pub async fn guard<W: Future>(&self, work: W) -> Option<W::Output> {
        let mut work = pin!(work);
        let mut over = pin!(self.over.cancelled());
        std::future::poll_fn(|context| {
            if over.as_mut().poll(context).is_ready() || !self.is_held() {
                return Poll::Ready(None);
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}

/// The term that runs, and word of the next.
pub(super) struct Lease {
    terms: watch::Sender<Arc<Term>>,
}

/// When a term ends that was asked for at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until(u64);

impl Until {
    /// Never: nobody else takes anything over.
    pub(super) const FOREVER: Self = Self(u64::MAX);

    /// To be taken before the database is asked, so that it counts from the same moment or later.
    pub(super) fn from_now() -> Self {
        Self(awake().saturating_add(millis(LEASE.saturating_sub(MARGIN))))
    }
}

impl Lease {
    pub(super) fn begin(worker: WorkerId, until: Until) -> Self {
        Self { terms: watch::Sender::new(Arc::new(term(worker, until))) }
    }

    pub(super) fn term(&self) -> Arc<Term> {
        self.terms.borrow().clone()
    }

    /// Tells of each term that begins from now on.
    pub(super) fn terms(&self) -> watch::Receiver<Arc<Term>> {
        self.terms.subscribe()
    }

    pub(super) fn renew(&self, until: Until) {
        self.terms.borrow().until.store(until.0, Ordering::Release);
    }

    /// Breaks off what was begun.
    pub(super) fn end(&self) {
        self.terms.borrow().over.cancel();
    }

    pub(super) fn begin_anew(&self, worker: WorkerId, until: Until) {
        self.end();
        self.terms.send_replace(Arc::new(term(worker, until)));
    }
}

fn term(worker: WorkerId, until: Until) -> Term {
    Term { worker, until: AtomicU64::new(until.0), over: CancellationToken::new() }
}

/// Milliseconds since the machine was started, those included in which it slept: a clock that nobody sets, and that
/// tells of a stopped process and a closed laptop lid alike.
fn awake() -> u64 {
    let since = clock_gettime(ClockId::Boottime);
    u64::try_from(since.tv_sec).unwrap_or_default() * 1000
        + u64::try_from(since.tv_nsec).unwrap_or_default() / 1_000_000
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn lease(until: Until) -> Lease {
        Lease::begin(WorkerId::new("w1"), until)
    }

    #[tokio::test]
    async fn work_ends_within_its_term() {
        let term = lease(Until::FOREVER).term();
        assert_eq!(term.guard(async { 7 }).await, Some(7));
    }

    #[tokio::test]
    async fn no_step_begins_after_the_term() {
        let term = lease(Until(awake())).term();
        let mut is_begun = false;
        assert_eq!(term.guard(async { is_begun = true }).await, None);
        assert!(!is_begun);
    }

    #[tokio::test]
    async fn what_waits_is_broken_off_when_the_term_ends() {
        let lease = lease(Until::FOREVER);
        let term = lease.term();
        let waiting = term.guard(std::future::pending::<()>());
        let ending = async { lease.begin_anew(WorkerId::new("w2"), Until::FOREVER) };
        assert_eq!(futures::join!(waiting, ending).0, None);
        assert!(!term.is_held() && lease.term().is_held());
        assert_eq!(lease.term().worker().as_str(), "w2");
    }

    #[tokio::test]
    async fn a_term_lasts_as_long_as_it_is_renewed() {
        let lease = lease(Until(awake()));
        assert!(!lease.term().is_held());
        lease.renew(Until::from_now());
        assert!(lease.term().is_held());
        lease.end();
        lease.renew(Until::from_now());
        assert!(!lease.term().is_held(), "one that has ended does not come back");
    }

    /// Whatever comes first: once others may have taken over what a worker had in hand, it begins no step of it.
    #[test]
    fn in_whichever_order_no_step_begins_when_another_has_it_in_hand() {
        let run = || {
            let lease = Arc::new(lease(Until::FOREVER));
            let (term, in_hand) = (lease.term(), Arc::new(Mutex::new("w1")));
            let working = shuttle::future::spawn({
                let in_hand = in_hand.clone();
                async move {
                    let steps = async {
                        loop {
                            assert_eq!(*in_hand.lock().unwrap(), "w1");
                            shuttle::future::yield_now().await;
                        }
                    };
                    term.guard(steps).await
                }
            });
            shuttle::future::spawn(async move {
                shuttle::future::yield_now().await;
                lease.renew(Until::from_now());
                lease.begin_anew(WorkerId::new("w2"), Until::FOREVER);
                *in_hand.lock().unwrap() = "w2";
                shuttle::future::yield_now().await;
                assert_eq!(lease.term().guard(async { *in_hand.lock().unwrap() }).await, Some("w2"));
            });
            assert_eq!(shuttle::future::block_on(working).unwrap(), None::<()>);
        };
        shuttle::check_random(run, 1000);
    }
}
