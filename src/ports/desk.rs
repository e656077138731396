//! The seam at which a chat asks about a form while somebody fills it in. Nothing that is asked here decides anything:
//! what is sent off comes as an arrival like everything else that people do.

use async_trait::async_trait;
use futures::future::BoxFuture;

use crate::card::model::Page;
use crate::domain::form::{Account, Asked, Filled, Form, Slot};
use crate::domain::marked::Marked;
use crate::domain::{CommandName, Timestamp};
use crate::event::chat::Submitted;

/// Something that may be chosen in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The value.
    pub value: String,
    /// What it is, in a few words.
    pub hint: String,
}

/// Answers chats about forms.
#[async_trait]
pub trait Desk: Send + Sync {
    /// The form, with what is known or was typed before filled in.
    ///
    /// # Errors
    /// Why there is none for whoever asks, in words for them.
    async fn form(&self, asked: &Asked) -> Result<Form, Marked>;

    /// What may stand in a field, of what fits what was typed; the likeliest first.
    async fn suggest(&self, by: &Account, command: &CommandName, field: (&Slot, &str)) -> Vec<Suggestion>;

    /// What would be refused if it were sent off now: each with its place, if it has one.
    async fn judge(&self, submitted: &Submitted) -> Vec<(Option<Slot>, Marked)>;

    /// Keeps what was typed so far at that moment, so that a form that was closed by mistake opens with it again.
    async fn keep(&self, by: &Account, filled: &Filled, at: Timestamp);

    /// Forgets what was kept: it was sent off.
    async fn forget(&self, by: &Account, command: &CommandName);

    /// Resolves when something has changed after the call, which may be on a page.
    fn changed(&self) -> BoxFuture<'static, ()>;

    /// The person's own page.
    async fn page(&self, by: &Account) -> Page;
}
