//! `files.*`: an address is given, the bytes come there, and then they are shared.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::args::{Answered, ApiError, Args};
use super::calls::Call;
use super::messages::{Message, micros};
use super::shared::Shared;
use super::world::World;
use super::{BOT, TEAM_URL};

/// A file on its way, or shared.
#[derive(Clone, Debug)]
pub struct Upload {
    pub name: String,
    pub length: usize,
    /// What came.
    pub bytes: Option<Vec<u8>>,
}

/// Takes the bytes of a file. Nobody needs a token for it: the address is the secret.
pub(super) async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> (StatusCode, String) {
    shared.change(|world| {
        let fault = world.take_fault("upload_url");
        let length = bytes.len();
        let status = match (fault, world.files.get_mut(&id)) {
            (Some(_), _) => StatusCode::INTERNAL_SERVER_ERROR,
            (None, None) => StatusCode::NOT_FOUND,
            (None, Some(file)) => {
                file.bytes = Some(bytes.to_vec());
                StatusCode::OK
            }
        };
        let (method, error) = ("upload_url".into(), (!status.is_success()).then(|| "not taken".into()));
        world.calls.push(Call { method, args: Map::new(), error, status: status.as_u16(), at: Instant::now() });
        (status, format!("OK - {length}"))
    })
}

impl World {
    pub(super) fn files_get_upload_url(&mut self, args: &Args) -> Answered {
        let name = args.needed("filename")?.to_owned();
        let length = args.number("length").and_then(Result::ok).ok_or_else(|| ApiError::missing("length"))?;
        if length == 0 {
            return Err(ApiError::invalid(
                "invalid_arguments",
                &["must be greater than 0 [json-pointer:/length]".into()],
            ));
        }
        let id = self.fresh_id("F");
        self.files.insert(id.clone(), Upload { name, length, bytes: None });
        Ok(json!({ "upload_url": format!("{}/upload/v1/{id}", self.base), "file_id": id }))
    }

    pub(super) fn files_complete_upload(&mut self, args: &Args) -> Answered {
        let given = args.get("files").and_then(Value::as_array).filter(|files| !files.is_empty());
        let given = given.cloned().ok_or("invalid_arguments")?;
        let files = given.iter().map(|file| self.shared(file)).collect::<Result<Vec<_>, _>>()?;
        if let Some(channel) = args.text("channel_id") {
            let channel = self.seen_channel(channel)?;
            let id = channel.id.clone();
            if channel.is_archived {
                return Err("is_archived".into());
            }
            if !channel.has(BOT) {
                return Err("not_in_channel".into());
            }
            let mut message = Message::of_bot();
            message.text = args.text("initial_comment").unwrap_or_default().into();
            message.subtype = Some("file_share".into());
            message.more.insert("files".into(), json!(files));
            if let Some(thread) = args.text("thread_ts") {
                micros(thread).ok_or("invalid_thread_ts")?;
                let parent = self.channel(&id).message(thread).ok_or("thread_not_found")?;
                message.thread_ts = Some(parent.thread_ts.clone().unwrap_or_else(|| thread.into()));
            }
            self.post(&id, message);
        }
        Ok(json!({ "files": files }))
    }

    /// A file as it is told of; only one whose bytes came whole can be shared.
    fn shared(&self, given: &Value) -> Answered {
        let id = given["id"].as_str().unwrap_or_default();
        let file = self.files.get(id).ok_or("file_not_found")?;
        let bytes = file.bytes.as_ref().filter(|bytes| bytes.len() == file.length).ok_or("file_not_found")?;
        Ok(json!({
            "id": id, "created": self.seconds(), "timestamp": self.seconds(), "name": file.name,
            "title": given["title"].as_str().unwrap_or(&file.name), "mimetype": "text/plain", "filetype": "text",
            "user": BOT, "size": bytes.len(), "mode": "hosted", "is_external": false, "is_public": true,
            "permalink": format!("{TEAM_URL}files/{id}"),
        }))
    }
}
