//! Whose turn it is: the items of a lane one after the other, those of different lanes at once, so many at most. Pure but
//! for the word that a turn is over.

use std::collections::{HashMap, VecDeque};

use tokio::sync::mpsc;

/// A lane's turn: the next item of the lane waits until it is dropped.
pub(super) struct Turn {
    lane: String,
    over: mpsc::UnboundedSender<String>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Nobody listens any more only when the house closes.
        self.over.send(std::mem::take(&mut self.lane)).ok();
    }
}

/// What waits for its turn.
pub(super) struct Turns<T> {
    at_once: usize,
    waiting: HashMap<String, VecDeque<T>>,
    ready: VecDeque<String>,
    running: usize,
    over: mpsc::UnboundedSender<String>,
}

impl<T> Turns<T> {
    /// So many at once; gives where it is told that a turn is over.
    pub(super) fn of(at_once: usize) -> (Self, mpsc::UnboundedReceiver<String>) {
        let (over, told) = mpsc::unbounded_channel();
        (Self { at_once, waiting: HashMap::new(), ready: VecDeque::new(), running: 0, over }, told)
    }

    /// An item comes, behind all others of its lane.
    pub(super) fn add(&mut self, lane: String, item: T) {
        let is_new = !self.waiting.contains_key(&lane);
        self.waiting.entry(lane.clone()).or_default().push_back(item);
        if is_new {
            self.ready.push_back(lane);
        }
    }

    /// A lane's turn is over: its next item gets in line behind the other lanes.
    pub(super) fn over(&mut self, lane: String) {
        self.running -= 1;
        if self.waiting.get(&lane).is_some_and(VecDeque::is_empty) {
            self.waiting.remove(&lane);
        } else {
            self.ready.push_back(lane);
        }
    }

    /// The next item that may be worked on, if one may.
    pub(super) fn next(&mut self) -> Option<(T, Turn)> {
        while self.running < self.at_once {
            let lane = self.ready.pop_front()?;
            let Some(item) = self.waiting.get_mut(&lane).and_then(VecDeque::pop_front) else { continue };
            self.running += 1;
            return Some((item, Turn { lane, over: self.over.clone() }));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use shuttle::future::{block_on, spawn, yield_now};

    use super::*;

    const AT_ONCE: usize = 2;
    const LANES: usize = 3;
    const ITEMS: usize = 9;

    /// What was begun, and what was ended, in the order in which it came about.
    #[derive(Default)]
    struct Log {
        running: Vec<usize>,
        done: Vec<usize>,
    }

    impl Log {
        fn begin(&mut self, item: usize) {
            assert!(self.running.iter().all(|other| other % LANES != item % LANES), "one of its lane is at work");
            let before = (0..item).filter(|before| before % LANES == item % LANES);
            assert!(before.into_iter().all(|before| self.done.contains(&before)), "out of its order");
            self.running.push(item);
            assert!(self.running.len() <= AT_ONCE);
        }

        fn end(&mut self, item: usize) {
            self.running.retain(|other| *other != item);
            self.done.push(item);
        }
    }

    async fn work(log: Arc<Mutex<Log>>, item: usize, turn: Turn) {
        log.lock().unwrap().begin(item);
        for _ in 0..item % 3 {
            yield_now().await;
        }
        log.lock().unwrap().end(item);
        drop(turn);
        yield_now().await;
    }

    #[test]
    fn whatever_comes_and_ends_at_once_a_lane_keeps_its_order_and_nothing_is_left() {
        let run = || {
            let (give, mut queue) = mpsc::unbounded_channel();
            spawn(async move {
                for item in 0..ITEMS {
                    give.send(item).unwrap();
                    yield_now().await;
                }
            });
            let log = Arc::<Mutex<Log>>::default();
            block_on(async {
                let (mut turns, mut told) = Turns::of(AT_ONCE);
                while log.lock().unwrap().done.len() < ITEMS {
                    tokio::select! {
                        biased;
                        Some(lane) = told.recv() => turns.over(lane),
                        Some(item) = queue.recv() => turns.add(format!("lane {}", item % LANES), item),
                    }
                    while let Some((item, turn)) = turns.next() {
                        spawn(work(log.clone(), item, turn));
                    }
                }
            });
        };
        shuttle::check_random(run, 500);
    }
}
