//! What a slot is kept for: whenever it is ours, from the moment it is to the moment it is somebody else's.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::dial::DialError;
use super::share::Share;

/// Keeps a slot whenever it is ours, until `all` ends. What keeps it is told to end when the slot is somebody else's,
/// and is waited for before it is kept again.
pub(super) async fn while_ours<K>(
    index: u32,
    (mut share, all): (watch::Receiver<Share>, CancellationToken),
    keep: impl Fn(CancellationToken) -> K,
) -> Result<(), DialError>
where
    K: Future<Output = Result<(), DialError>>,
{
    loop {
        let ours = all.run_until_cancelled(until(&mut share, |share| share.slots > index));
        if ours.await.is_none() {
            return Ok(());
        }
        let stop = all.child_token();
        let (keeping, mut share) = (keep(stop.clone()), share.clone());
        let leaving = async move {
            until(&mut share, |share| share.slots <= index).await;
            stop.cancel();
        };
        tokio::pin!(keeping, leaving);
        tokio::select! {
            ended = &mut keeping => ended?,
            () = &mut leaving => keeping.await?,
        }
    }
}

/// Waits until the share is so; for ever when nobody shares any more.
async fn until(share: &mut watch::Receiver<Share>, is_so: impl FnMut(&Share) -> bool) {
    if share.wait_for(is_so).await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use shuttle::future::{block_on, spawn, yield_now};
    use shuttle::rand::{Rng, thread_rng};

    use super::super::limits::Limits;
    use super::super::tally::Tally;
    use super::*;

    const SLOTS: u32 = 3;

    /// What is kept at the moment, and who counts it.
    struct Kept {
        slots: Mutex<Vec<u32>>,
        tally: Tally,
        share: watch::Receiver<Share>,
    }

    /// Sockets that come and go until they are told to end.
    async fn keep(kept: Arc<Kept>, index: u32, stop: CancellationToken) -> Result<(), DialError> {
        {
            let mut slots = kept.slots.lock().unwrap();
            assert!(!slots.contains(&index), "slot {index} is kept twice");
            slots.push(index);
        }
        kept.tally.begin();
        while !stop.is_cancelled() {
            let others = usize::try_from(kept.share.borrow().others).unwrap();
            // Slack counts no more than there are, of ours and of others.
            let open = kept.slots.lock().unwrap().len() + others;
            assert_eq!(kept.tally.greet(Some(open), others, &Limits::default()), None, "nobody else is connected");
            yield_now().await;
        }
        kept.tally.end(false);
        kept.slots.lock().unwrap().retain(|slot| *slot != index);
        Ok(())
    }

    /// Shares change while slots begin and end; at last everybody keeps what is theirs, and ends.
    fn run() {
        let (shares, share) = watch::channel(Share { slots: SLOTS, others: 0 });
        let kept = Arc::new(Kept { slots: Mutex::default(), tally: Tally::default(), share: share.clone() });
        let all = CancellationToken::new();
        let slots = (0..SLOTS).map(|index| {
            let (share, all, kept) = (share.clone(), all.clone(), kept.clone());
            spawn(async move { while_ours(index, (share, all), |stop| keep(kept.clone(), index, stop)).await })
        });
        let slots: Vec<_> = slots.collect();
        block_on(async {
            for _ in 0..4 {
                shares.send_replace(Share { slots: thread_rng().gen_range(0..=SLOTS), others: 0 });
                yield_now().await;
            }
            let last = shares.borrow().slots;
            let is_as_shared = || {
                let mut kept = kept.slots.lock().unwrap().clone();
                kept.sort_unstable();
                kept == (0..last).collect::<Vec<_>>()
            };
            // A schedule in which this never comes about is found by its length.
            while !is_as_shared() {
                yield_now().await;
            }
            all.cancel();
            for slot in slots {
                slot.await.unwrap().unwrap();
            }
        });
        assert_eq!(*kept.slots.lock().unwrap(), [] as [u32; 0], "all ended");
    }

    #[test]
    fn in_whichever_order_each_slot_is_kept_once_while_it_is_ours() {
        shuttle::check_random(run, 500);
    }

    #[test]
    fn one_that_slack_refuses_ends_all_of_them_and_is_told() {
        let run = || {
            let (_shares, share) = watch::channel(Share { slots: SLOTS, others: 0 });
            let all = CancellationToken::new();
            let slots = (0..SLOTS).map(|index| {
                let (share, all) = (share.clone(), all.clone());
                let ends = all.clone();
                spawn(async move {
                    let keep = |stop: CancellationToken| {
                        let ends = ends.clone();
                        async move {
                            yield_now().await;
                            if index == 1 {
                                ends.cancel();
                                return Err(DialError::Refused("no".into()));
                            }
                            stop.cancelled().await;
                            Ok(())
                        }
                    };
                    while_ours(index, (share, all), keep).await
                })
            });
            let slots: Vec<_> = slots.collect();
            let ended: Vec<bool> = slots.into_iter().map(|slot| block_on(slot).unwrap().is_err()).collect();
            assert_eq!(ended, [false, true, false]);
        };
        shuttle::check_random(run, 500);
    }
}
