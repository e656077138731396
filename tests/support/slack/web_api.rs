//! A call's way in and out: its arguments, its token, its faults and limits, and its answer.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::api_faults::{Fault, How};
use super::args::{Answered, ApiError, Args};
use super::calls::Call;
use super::line::OnLine;
use super::shared::Shared;
use super::world::World;
use super::{APP_TOKEN, BOT_TOKEN};

/// These read forms and queries; what they get as JSON they do not see.
const FORMS_ONLY: &[&str] = &[
    "users.info",
    "users.list",
    "users.lookupByEmail",
    "usergroups.list",
    "usergroups.users.list",
    "conversations.list",
    "conversations.info",
    "conversations.members",
    "conversations.history",
    "conversations.replies",
    "chat.getPermalink",
    "files.getUploadURLExternal",
    "pins.list",
];

/// In a form, these arguments are JSON.
const JSON_ARGS: &[(&str, &str)] = &[
    ("blocks", "invalid_blocks_format"),
    ("attachments", "invalid_attachments"),
    ("metadata", "invalid_metadata_format"),
    ("view", "invalid_arguments"),
    ("files", "invalid_arguments"),
];

/// What a call ends in.
enum Outcome {
    Answer(u16, Value),
    RateLimited(u64),
    Hang,
    Cut,
}

/// One call.
struct Request {
    method: String,
    token: Option<String>,
    args: Result<Args, ApiError>,
}

/// What a call comes as.
type Parts = (Method, RawQuery, HeaderMap, Bytes);

/// Serves a call.
pub(super) async fn call(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(OnLine(line)): ConnectInfo<OnLine>,
    Path(method): Path<String>,
    parts: Parts,
) -> Response {
    let request = read(method, &parts);
    let delay = shared.look(|world| world.settings.api_delay);
    if !delay.is_zero() {
        sleep(delay).await;
    }
    let (outcome, scopes) = shared.change(|world| {
        let scopes = world.provided_scopes();
        let is_app = request.token.as_deref() == Some(APP_TOKEN);
        (world.meet(&request), if is_app { "connections:write".into() } else { scopes })
    });
    let mut response = match outcome {
        Outcome::Answer(200, body) => axum::Json(body).into_response(),
        Outcome::Answer(status, _) => {
            (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY), "upstream error").into_response()
        }
        Outcome::RateLimited(seconds) => {
            let body = axum::Json(json!({ "ok": false, "error": "ratelimited" }));
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], body).into_response()
        }
        Outcome::Hang => std::future::pending().await,
        Outcome::Cut => {
            line.cut();
            std::future::pending().await
        }
    };
    if let Ok(scopes) = HeaderValue::from_str(&scopes) {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    response
}

/// Reads the arguments and the token.
fn read(method: String, (verb, RawQuery(query), headers, body): &Parts) -> Request {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let mut token = bearer.map(|token| token.trim().to_owned());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = if *verb == Method::GET { &[] } else { body.as_ref() };
    let mut args = read_args(&method, query.as_deref(), (kind, body));
    if let Ok(Args(args)) = &mut args
        && let Some(Value::String(own)) = args.remove("token")
    {
        token.get_or_insert(own);
    }
    Request { method, token, args }
}

fn read_args(method: &str, query: Option<&str>, (kind, body): (&str, &[u8])) -> Result<Args, ApiError> {
    let pairs = |bytes: &[u8]| -> Vec<(String, Value)> {
        form_urlencoded::parse(bytes).map(|(key, value)| (key.into_owned(), json!(value))).collect()
    };
    let mut args = Args::default();
    args.0.extend(pairs(query.unwrap_or_default().as_bytes()));
    match kind.split(';').next().unwrap_or_default().trim() {
        _ if body.is_empty() => {}
        "application/json" => match serde_json::from_slice(body) {
            Err(_) => return Err("invalid_json".into()),
            Ok(Value::Object(_)) if FORMS_ONLY.contains(&method) => {}
            Ok(Value::Object(mut given)) => {
                // Beside a JSON body the token goes into the header.
                given.remove("token");
                args.0.extend(given);
            }
            Ok(_) => return Err("json_not_object".into()),
        },
        "application/x-www-form-urlencoded" => args.0.extend(pairs(body)),
        _ => return Err("invalid_post_type".into()),
    }
    for (key, error) in JSON_ARGS {
        if let Some(Value::String(text)) = args.get(key) {
            let value = serde_json::from_str(text).map_err(|_| ApiError::from(*error))?;
            args.0.insert((*key).into(), value);
        }
    }
    Ok(args)
}

impl World {
    /// Carries a call out, or lets it meet its fault, and keeps what was asked.
    fn meet(&mut self, request: &Request) -> Outcome {
        let fault = self.take_fault(&request.method);
        let outcome = match &fault {
            Some(fault) if !fault.is_after_effect => fail(fault),
            _ => {
                let done = self.admit(request);
                match fault {
                    Some(fault) if !matches!(done, Outcome::RateLimited(_)) => fail(&fault),
                    _ => done,
                }
            }
        };
        let (status, error) = match &outcome {
            Outcome::Answer(200, body) => (200, body["error"].as_str().map(Into::into)),
            Outcome::Answer(status, _) => (*status, Some(format!("status {status}"))),
            Outcome::RateLimited(_) => (429, Some("ratelimited".into())),
            Outcome::Hang | Outcome::Cut => (0, Some("no answer".into())),
        };
        let args = request.args.as_ref().map(|args| args.0.clone()).unwrap_or_default();
        self.calls.push(Call { method: request.method.clone(), args, error, status, at: Instant::now() });
        outcome
    }

    /// Whether the caller may, and what comes of it.
    fn admit(&mut self, request: &Request) -> Outcome {
        let answered = match &request.args {
            Err(error) => Err(error.clone()),
            Ok(args) => match self.check(request, args) {
                Err(error) => Err(error),
                Ok(()) => match self.wait_of_channel(&request.method, args) {
                    Some(seconds) => return Outcome::RateLimited(seconds),
                    None => self.perform(&request.method, args),
                },
            },
        };
        let body = match answered {
            Ok(body) => merged(json!({ "ok": true }), body),
            Err(error) => merged(json!({ "ok": false, "error": error.code }), error.extra),
        };
        Outcome::Answer(200, body)
    }

    fn check(&self, request: &Request, args: &Args) -> Result<(), ApiError> {
        let is_app = match request.token.as_deref() {
            None => return Err("not_authed".into()),
            Some(BOT_TOKEN) => false,
            Some(APP_TOKEN) => true,
            Some(_) => return Err("invalid_auth".into()),
        };
        if is_app != (request.method == "apps.connections.open") && request.method != "auth.test" {
            return Err("not_allowed_token_type".into());
        }
        if let Some(needed) = self.missing_scope(&request.method, args).filter(|_| !is_app) {
            let provided = self.provided_scopes();
            return Err(ApiError::with("missing_scope", json!({ "needed": needed, "provided": provided })));
        }
        Ok(())
    }

    /// How many seconds a channel wants to be left alone.
    fn wait_of_channel(&mut self, method: &str, args: &Args) -> Option<u64> {
        let rate = self.settings.channel_rate.filter(|_| method == "chat.postMessage")?;
        let now = Instant::now();
        let channel = args.text("channel").unwrap_or_default().to_owned();
        let (level, at) = *self.buckets.get(&channel).unwrap_or(&(rate.burst, now));
        let level = (level + now.duration_since(at).as_secs_f64() * rate.per_second).min(rate.burst);
        let is_full = level >= 1.0;
        self.buckets.insert(channel, (if is_full { level - 1.0 } else { level }, now));
        let wait = std::time::Duration::from_secs_f64(((1.0 - level) / rate.per_second).max(0.0));
        (!is_full).then(|| wait.as_secs() + 1)
    }

    fn perform(&mut self, method: &str, args: &Args) -> Answered {
        match method {
            "auth.test" => Ok(super::auth_test()),
            "apps.connections.open" => Ok(self.apps_connections_open()),
            "users.info" => self.users_info(args),
            "users.list" => self.users_list(args),
            "users.lookupByEmail" => self.users_lookup_by_email(args),
            "usergroups.list" => Ok(self.usergroups_list(args)),
            "usergroups.users.list" => self.usergroups_users_list(args),
            "chat.postMessage" => self.chat_post_message(args),
            "chat.postEphemeral" => self.chat_post_ephemeral(args),
            "chat.update" => self.chat_update(args),
            "chat.delete" => self.chat_delete(args),
            "chat.getPermalink" => self.chat_get_permalink(args),
            "files.getUploadURLExternal" => self.files_get_upload_url(args),
            "files.completeUploadExternal" => self.files_complete_upload(args),
            "conversations.history" => self.conversations_history(args),
            "conversations.replies" => self.conversations_replies(args),
            "pins.add" => self.pins_add(args),
            "pins.remove" => self.pins_remove(args),
            "pins.list" => self.pins_list(args),
            "bookmarks.add" => self.bookmarks_add(args),
            "bookmarks.edit" => self.bookmarks_edit(args),
            "bookmarks.remove" => self.bookmarks_remove(args),
            "bookmarks.list" => self.bookmarks_list(args),
            "views.open" => self.views_open(args),
            "views.push" => self.views_push(args),
            "views.update" => self.views_update(args),
            "views.publish" => self.views_publish(args),
            _ => self.conversations(method, args),
        }
    }
}

fn fail(fault: &Fault) -> Outcome {
    match &fault.how {
        How::Error(code) => Outcome::Answer(200, json!({ "ok": false, "error": code })),
        How::Status(status) => Outcome::Answer(*status, Value::Null),
        How::RateLimited(after) => Outcome::RateLimited(after.as_secs()),
        How::Hang => Outcome::Hang,
        How::Cut => Outcome::Cut,
    }
}

fn merged(mut body: Value, more: Value) -> Value {
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}
