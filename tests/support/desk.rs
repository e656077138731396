//! A desk that answers what it is told to, and writes down what it is asked.

use std::sync::Mutex;

use async_trait::async_trait;
use futures::future::BoxFuture;

use chamberlain::card::model::Page;
use chamberlain::domain::form::{Account, Asked, Filled, Form, Slot};
use chamberlain::domain::marked::Marked;
use chamberlain::domain::{CommandName, Timestamp};
use chamberlain::event::chat::Submitted;
use chamberlain::ports::{Desk, Suggestion};

/// A desk for tests.
#[derive(Default)]
pub struct FakeDesk {
    /// What every form is refused for.
    pub wrong: Mutex<Vec<(Option<Slot>, Marked)>>,
    /// What may stand in every field.
    pub suggestions: Mutex<Vec<Suggestion>>,
}

#[async_trait]
impl Desk for FakeDesk {
    async fn form(&self, _: &Asked) -> Result<Form, Marked> {
        Err(Marked::plain("There is no form here."))
    }

    async fn suggest(&self, _: &Account, _: &CommandName, _: (&Slot, &str)) -> Vec<Suggestion> {
        self.suggestions.lock().unwrap().clone()
    }

    async fn judge(&self, _: &Submitted) -> Vec<(Option<Slot>, Marked)> {
        self.wrong.lock().unwrap().clone()
    }

    async fn keep(&self, _: &Account, _: &Filled, _: Timestamp) {}

    async fn forget(&self, _: &Account, _: &CommandName) {}

    fn changed(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    async fn page(&self, _: &Account) -> Page {
        Page::default()
    }
}
