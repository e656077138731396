//! The console's rooms, and what is said in them.

use axum::Json;
use axum::extract::{Path, Query, State as Shared};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::card::render;
use crate::store::console;
use crate::web::auth::Visitor;
use crate::web::error::WebError;
use crate::web::state::State;

/// The most messages in one answer.
const MOST: i64 = 500;

pub(super) async fn list(_visitor: Visitor, Shared(state): Shared<State>) -> Result<Json<Value>, WebError> {
    let rooms = console::rooms(&mut state.store.reader().await?).await?;
    let rooms = rooms.iter().map(|room| json!({ "id": room.id, "name": room.name, "topic": room.topic }));
    Ok(Json(rooms.collect()))
}

#[derive(Deserialize)]
pub(super) struct Most {
    most: Option<i64>,
}

pub(super) async fn messages(
    visitor: Visitor,
    Shared(state): Shared<State>,
    Path(room): Path<String>,
    Query(Most { most }): Query<Most>,
) -> Result<Json<Value>, WebError> {
    let most = most.unwrap_or(100).clamp(1, MOST);
    let posted = console::latest(&mut state.store.reader().await?, &room, &visitor.person, most).await?;
    let shown = posted.iter().map(|posted| {
        let message = &posted.message;
        json!({
            "id": message.id,
            "author": message.author,
            "acting_as": message.acting_as,
            "only_for": message.only_for,
            "thread": message.thread,
            "text": render::text::content(&message.body),
            "posted_at": message.posted_at.to_string(),
        })
    });
    Ok(Json(shown.collect()))
}
