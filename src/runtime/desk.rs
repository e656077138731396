//! The desk: forms and pages from what the house knows now. A failing store is told where a person waits for it.

use async_trait::async_trait;
use futures::future::BoxFuture;

use super::house::House;
use crate::card::build::home;
use crate::card::model::Page;
use crate::domain::form::{Account, Asked, Filled, Form, Slot};
use crate::domain::marked::Marked;
use crate::domain::{ChatName, CommandName, EventId, Timestamp};
use crate::event::Source;
use crate::event::chat::Submitted;
use crate::ports::{Desk, Suggestion};
use crate::skills::{self, GatherError, Study};
use crate::store::drafts;

impl House {
    /// A look at everything for which nothing has arrived, once the chat's people are known.
    async fn look(&self, chat: &ChatName) -> Study {
        self.known.wait(&Source::Chat(chat.clone())).await;
        let now = self.clock.now();
        self.study_of(EventId::new(self.ids.fresh()), now)
    }
}

#[async_trait]
impl Desk for House {
    async fn form(&self, asked: &Asked) -> Result<Form, Marked> {
        match skills::open(&self.look(&asked.by.chat).await, asked).await {
            Ok(Ok(form)) => Ok(form),
            Ok(Err(refusal)) => Err(refusal.to_marked()),
            Err(cause) => {
                tracing::error!(error = %cause, command = %asked.command, "a form cannot be made");
                Err(Marked::plain("I cannot read what the form needs just now. Try again in a minute."))
            }
        }
    }

    async fn suggest(&self, by: &Account, command: &CommandName, field: (&Slot, &str)) -> Vec<Suggestion> {
        skills::suggest(&self.look(&by.chat).await, by, command, field).await.unwrap_or_else(|cause| {
            tracing::error!(error = %cause, "nothing can be offered");
            Vec::new()
        })
    }

    async fn judge(&self, submitted: &Submitted) -> Vec<(Option<Slot>, Marked)> {
        // What cannot be judged now is judged when it is decided.
        skills::judged(&self.look(&submitted.room.chat()).await, submitted).await.unwrap_or_else(
            |cause: GatherError| {
                tracing::warn!(error = %cause, "a form was not judged before it was sent");
                Vec::new()
            },
        )
    }

    async fn keep(&self, by: &Account, filled: &Filled, at: Timestamp) {
        let (by, filled) = (by.clone(), filled.clone());
        let kept = self.store.write(move |tx| Box::pin(async move { drafts::keep(tx, &by, &filled, at).await }));
        if let Err(cause) = kept.await {
            tracing::warn!(error = %cause, "what was typed into a form is not kept");
        }
    }

    async fn forget(&self, by: &Account, command: &CommandName) {
        let (by, command) = (by.clone(), command.clone());
        let forgotten = self.store.write(move |tx| Box::pin(async move { drafts::forget(tx, &by, &command).await }));
        if let Err(cause) = forgotten.await {
            tracing::warn!(error = %cause, "what was typed into a form is still kept");
        }
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        Box::pin(self.store.changed())
    }

    async fn page(&self, by: &Account) -> Page {
        skills::page(&self.look(&by.chat).await, by).await.unwrap_or_else(|cause| {
            tracing::error!(error = %cause, "a person's page cannot be made");
            home::instead("Not just now", Marked::plain("I cannot read what is yours just now. Come back in a minute."))
        })
    }
}
