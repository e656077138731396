//! A gate that holds the calls of a fake: a test lets them go one by one, in the order that it likes.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::{Notify, oneshot};

/// What becomes of a call that was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    GoesOn,
    /// It goes no further, and whoever made it does not hear of it.
    IsLost,
}

/// The gate; open at first.
#[derive(Default)]
pub struct Gate {
    held: Mutex<Held>,
    came: Notify,
}

#[derive(Default)]
struct Held {
    is_shut: bool,
    waiting: Vec<oneshot::Sender<Fate>>,
}

impl Gate {
    fn held(&self) -> MutexGuard<'_, Held> {
        let mut held = self.held.lock().unwrap();
        // Whoever made these is gone.
        held.waiting.retain(|waiting| !waiting.is_closed());
        held
    }

    /// Holds every call from now on.
    pub fn shut(&self) {
        self.held().is_shut = true;
    }

    /// Lets go of all that wait, and holds nobody any more.
    pub fn open(&self) {
        let mut held = self.held();
        held.is_shut = false;
        held.waiting.drain(..).for_each(|waiting| {
            waiting.send(Fate::GoesOn).ok();
        });
    }

    /// A call comes by.
    pub async fn pass(&self) -> Fate {
        let waiting = {
            let mut held = self.held();
            if !held.is_shut {
                return Fate::GoesOn;
            }
            let (told, waiting) = oneshot::channel();
            held.waiting.push(told);
            waiting
        };
        self.came.notify_one();
        waiting.await.unwrap_or(Fate::IsLost)
    }

    /// Waits until so many wait here.
    pub async fn until_waiting(&self, count: usize) {
        while self.held().waiting.len() < count {
            self.came.notified().await;
        }
    }

    /// Lets the next so many calls pass, there and back, while these first ones go on waiting.
    pub async fn let_pass(&self, calls: usize, behind: usize) {
        for _ in 0..2 * calls {
            self.until_waiting(behind + 1).await;
            self.tell(behind, Fate::GoesOn);
        }
    }

    /// Tells one of those who wait, if there are any, what becomes of it.
    pub fn tell(&self, which: usize, fate: Fate) {
        let mut held = self.held();
        if !held.waiting.is_empty() {
            let which = which % held.waiting.len();
            held.waiting.remove(which).send(fate).ok();
        }
    }
}
