//! Presses a button on a card.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::domain::PersonId;
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::presses::{Press, take};
use crate::web::state::State;

/// A press.
#[derive(Deserialize)]
pub(super) struct Pressed {
    /// The message that the card is.
    message: String,
    /// The action, as the card names it.
    action: String,
    /// What was chosen.
    #[serde(default)]
    value: Option<String>,
    /// The version that the card showed.
    #[serde(default)]
    guard: i64,
    /// Dev profile only: as whom.
    #[serde(default, rename = "as")]
    acting_as: Option<PersonId>,
    /// The sender's own key: the same again is the same press.
    #[serde(default)]
    key: Option<String>,
    /// The form key, when a page sends it with the browser's cookie.
    #[serde(default)]
    form_key: Option<String>,
}

pub(super) async fn press(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Json(pressed): Json<Pressed>,
) -> Result<(StatusCode, Json<serde_json::Value>), WebError> {
    visitor.check_form(pressed.form_key.as_deref())?;
    let Pressed { message, action, value, guard, acting_as, key, .. } = pressed;
    let taken = take(&state, &visitor, Press { message, action, value, guard, acting_as, key }).await?;
    let status = if taken.event.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(serde_json::json!({ "event": taken.event, "message": taken.message }))))
}
