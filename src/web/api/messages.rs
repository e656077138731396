//! Says something.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::domain::PersonId;
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::messages::{Line, take};
use crate::web::state::State;

/// A message to say.
#[derive(Deserialize)]
pub(super) struct Message {
    /// The room's name or id.
    room: String,
    /// The words.
    text: String,
    /// Dev profile only: as whom.
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
    /// The sender's own key: the same again is the same message.
    #[serde(default)]
    key: Option<String>,
    /// The thread it is a reply in.
    #[serde(default)]
    thread: Option<String>,
    /// Whether it is said among people, so that what is no command is no mistake; a script's line is for us.
    #[serde(default)]
    is_talk: bool,
    /// The form key, when a page sends it with the browser's cookie.
    #[serde(default)]
    form_key: Option<String>,
}

pub(super) async fn say(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Json(message): Json<Message>,
) -> Result<(StatusCode, Json<serde_json::Value>), WebError> {
    visitor.check_form(message.form_key.as_deref())?;
    let Message { room, text, thread, acting_as, key, is_talk, .. } = message;
    let line = Line { room, text, thread, acting_as, key, is_for_us: !is_talk };
    let taken = take(&state, &visitor, line).await?;
    let status = if taken.event.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(serde_json::json!({ "event": taken.event, "message": taken.message }))))
}
