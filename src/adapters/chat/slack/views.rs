//! Modals and the home tab: opened, changed, published.

use serde::Deserialize;
use serde_json::{Value, json};

use super::adapter::Slack;
use super::calls::{Done, Failed};
use crate::card::model::Page;
use crate::card::render::slack::home;
use crate::ports::ChatError;

/// What let us open a view is no longer good.
const TOO_LATE: [&str; 3] = ["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"];

/// Why there is no view.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoView {
    /// It took longer than Slack allows; who asks again gets it.
    #[error("it took longer than the three seconds that Slack allows")]
    TooLate,
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] ChatError),
}

#[derive(Deserialize)]
struct Opened {
    view: Named,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Slack {
    /// Opens a modal, and gives its id.
    pub(super) async fn open_view(&self, trigger: &str, view: &Value) -> Result<String, NoView> {
        let body = json!({ "trigger_id": trigger, "view": view });
        let opened: Result<Opened, Failed> = self.calls.post("views.open", &body).await;
        match opened {
            Ok(opened) => Ok(opened.view.id),
            Err(failed) if failed.is(&TOO_LATE) => Err(NoView::TooLate),
            Err(failed) => Err(NoView::Failed(failed.into())),
        }
    }

    /// Puts another view into the place of an open one.
    pub(super) async fn change_view(&self, id: &str, view: &Value) -> Result<(), ChatError> {
        let body = json!({ "view_id": id, "view": view });
        self.calls.post::<Done>("views.update", &body).await.map(drop).map_err(ChatError::from)
    }

    /// Shows a person their own page.
    pub(super) async fn publish(&self, account: &str, view: &Value) -> Result<(), ChatError> {
        let body = json!({ "user_id": account, "view": view });
        self.calls.post::<Done>("views.publish", &body).await.map(drop).map_err(ChatError::from)
    }

    /// A person's own page as Slack shows it.
    pub(super) fn drawn(&self, page: &Page) -> Value {
        self.with_surroundings(|around| home(page, around))
    }

    /// Says something to one person, between us two.
    pub(super) async fn tell(&self, account: &str, words: &str) -> Result<(), ChatError> {
        let body = json!({ "channel": account, "text": words });
        self.calls.say::<Done>(account, &body).await.map(drop).map_err(ChatError::from)
    }
}
