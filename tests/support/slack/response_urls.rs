//! Response URLs: the way to answer a click or a command, also where the bot is not.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::args::{ApiError, Args};
use super::calls::Call;
use super::chat::said;
use super::messages::Message;
use super::shared::Shared;
use super::world::World;

/// Where an answer goes.
#[derive(Clone, Debug)]
pub(super) struct ResponseUrl {
    channel: String,
    user: String,
    /// The message that was clicked.
    message: Option<String>,
    uses: u32,
}

/// Serves an answer.
pub(super) async fn answer(State(shared): State<Arc<Shared>>, Path(key): Path<String>, body: Bytes) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        let refusal = Json(json!({ "ok": false, "error": "invalid_payload" }));
        return (StatusCode::BAD_REQUEST, refusal).into_response();
    };
    let (status, answer) = shared.change(|world| {
        let refusal = world.use_response_url(&key, &body).err();
        let status = match &refusal {
            None => StatusCode::OK,
            Some(error) if ["no_such_url", "used_url"].contains(&error.code.as_str()) => StatusCode::NOT_FOUND,
            Some(_) => StatusCode::BAD_REQUEST,
        };
        let error = refusal.map(|refusal| refusal.code);
        let answer = match &error {
            None => json!({ "ok": true }),
            Some(error) => json!({ "ok": false, "error": error }),
        };
        let args = body.as_object().cloned().unwrap_or_default();
        let method = "response_url".into();
        world.calls.push(Call { method, args, error, status: status.as_u16(), at: Instant::now() });
        (status, answer)
    });
    (status, Json(answer)).into_response()
}

impl World {
    /// An address for answers; gives the key, and the whole address.
    pub(super) fn fresh_response_url(&mut self, user: &str, channel: &str, message: Option<&str>) -> (String, String) {
        let key = self.fresh_id("r");
        let place =
            ResponseUrl { channel: channel.into(), user: user.into(), message: message.map(Into::into), uses: 0 };
        self.response_urls.insert(key.clone(), place);
        let whole = format!("{}/response/{key}", self.base);
        (key, whole)
    }

    fn use_response_url(&mut self, key: &str, body: &Value) -> Result<(), ApiError> {
        let most = self.settings.response_url_uses;
        let place = self.response_urls.get_mut(key).ok_or("no_such_url")?;
        if place.uses >= most {
            return Err("used_url".into());
        }
        self.apply_response(key, body)?;
        if let Some(place) = self.response_urls.get_mut(key) {
            place.uses += 1;
        }
        Ok(())
    }

    /// Carries an answer out: it takes the original away, replaces it, or is a new message.
    pub(super) fn apply_response(&mut self, key: &str, body: &Value) -> Result<(), ApiError> {
        let place = self.response_urls.get(key).cloned().ok_or("no_such_url")?;
        let args = Args(body.as_object().cloned().unwrap_or_default());
        let original = place.message.filter(|ts| self.channel(&place.channel).any_message(ts).is_some());
        if args.flag("delete_original") {
            if let Some(ts) = original {
                self.take_away(&place.channel, &ts);
            }
            return Ok(());
        }
        let said = said(&args, 40_000)?;
        if let Some(ts) = original.filter(|_| args.flag("replace_original")) {
            self.rewrite(&place.channel, &ts, said);
            return Ok(());
        }
        let mut message = Message::of_bot();
        said.fill(&mut message);
        message.thread_ts = args.text("thread_ts").map(Into::into);
        message.reader = (args.text("response_type") != Some("in_channel")).then_some(place.user);
        self.post(&place.channel, message);
        Ok(())
    }
}
