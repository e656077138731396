//! An inbox that keeps what arrives, and fails or hangs when it is told to.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use chamberlain::domain::EventId;
use chamberlain::domain::touch::TouchKey;
use chamberlain::event::Arrival;
use chamberlain::ports::{Arrived, Intake, IntakeError};
use tokio::sync::watch;
use tokio::time::timeout;

use super::LIMIT;

/// What the inbox does with what arrives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Does {
    /// It stores.
    #[default]
    Store,
    /// It stores, and takes its time.
    Slowly(Duration),
    /// It cannot store.
    Fail,
    /// It does not answer, until it is told otherwise.
    Hang,
    /// It does not answer for bodies that hold this.
    HangOn(&'static str),
}

/// What came, in order.
#[derive(Debug, Default)]
struct Came {
    asked: Vec<Arrival>,
    stored: Vec<Arrival>,
    keys: BTreeSet<String>,
}

/// The inbox.
#[derive(Debug, Default)]
pub(super) struct FakeIntake {
    does: watch::Sender<Does>,
    came: watch::Sender<Came>,
}

impl FakeIntake {
    pub(super) fn now(&self, does: Does) {
        self.does.send_replace(does);
    }

    /// Everything that it was asked to store, also again and in vain.
    pub(super) fn asked(&self) -> Vec<Arrival> {
        self.came.borrow().asked.clone()
    }

    /// What is stored.
    pub(super) fn stored(&self) -> Vec<Arrival> {
        self.came.borrow().stored.clone()
    }

    /// The dedup keys of what is stored.
    pub(super) fn keys(&self) -> Vec<String> {
        self.stored().into_iter().map(|arrival| arrival.dedup_key).collect()
    }

    /// Waits until it was asked so often.
    pub(super) async fn wait_asked(&self, count: usize) {
        self.wait(|came| came.asked.len() >= count).await;
    }

    /// Waits until so much is stored.
    pub(super) async fn wait_stored(&self, count: usize) {
        self.wait(|came| came.stored.len() >= count).await;
    }

    async fn wait(&self, is_so: impl Fn(&Came) -> bool) {
        let mut came = self.came.subscribe();
        timeout(LIMIT, came.wait_for(is_so)).await.unwrap().unwrap();
    }
}

#[async_trait]
impl Intake for FakeIntake {
    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, IntakeError> {
        self.came.send_modify(|came| came.asked.push(arrival.clone()));
        let hangs = |does: &Does| match does {
            Does::Hang => true,
            Does::HangOn(text) => arrival.body.contains(text),
            _ => false,
        };
        let does = *self.does.subscribe().wait_for(|does| !hangs(does)).await.unwrap();
        match does {
            Does::Fail => return Err(IntakeError::Store("the disk is full".into())),
            Does::Slowly(takes) => tokio::time::sleep(takes).await,
            _ => {}
        }
        let (key, mut is_new) = (arrival.dedup_key.clone(), false);
        self.came.send_modify(|came| {
            is_new = came.keys.insert(arrival.dedup_key.clone());
            if is_new {
                came.stored.push(arrival);
            }
        });
        Ok(if is_new { Arrived::New(EventId::new(key)) } else { Arrived::Seen })
    }

    async fn touch(&self, _: TouchKey) -> Result<(), IntakeError> {
        Ok(())
    }
}
