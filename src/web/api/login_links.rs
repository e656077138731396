//! A new login link, for whoever holds a token.

use axum::Json;
use axum::extract::State as Shared;
use serde_json::{Value, json};

use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::state::State;

pub(super) async fn make(visitor: Visitor, Shared(state): Shared<State>) -> Result<Json<Value>, WebError> {
    visitor.check_form(None)?;
    state.paces.take_message(&visitor.person)?;
    Ok(Json(json!({ "link": state.login_link(&visitor.person).await? })))
}
