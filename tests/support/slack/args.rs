//! The arguments of a call, and the error that refuses it.

use serde_json::{Map, Value, json};

/// Why a call is refused: Slack's word for it, and what stands beside it in the answer.
#[derive(Clone, Debug)]
pub(super) struct ApiError {
    pub(super) code: String,
    pub(super) extra: Value,
}

impl ApiError {
    /// An error with more to say.
    pub(super) fn with(code: &str, extra: Value) -> Self {
        Self { code: code.into(), extra }
    }

    /// Arguments or blocks that are wrong, each with its message.
    pub(super) fn invalid(code: &str, messages: &[String]) -> Self {
        let told: Vec<String> = messages.iter().map(|message| format!("[ERROR] {message}")).collect();
        Self::with(code, json!({ "errors": messages, "response_metadata": { "messages": told } }))
    }

    /// An argument that is not there.
    pub(super) fn missing(name: &str) -> Self {
        let told = format!("[ERROR] missing required field: {name}");
        Self::with("invalid_arguments", json!({ "response_metadata": { "messages": [told] } }))
    }
}

impl From<&str> for ApiError {
    fn from(code: &str) -> Self {
        Self::with(code, Value::Null)
    }
}

/// What a method gives back.
pub(super) type Answered = Result<Value, ApiError>;

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Args(pub(super) Map<String, Value>);

impl Args {
    /// A value that was given and is not empty.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// A text that must be there.
    pub(super) fn needed(&self, key: &str) -> Result<&str, ApiError> {
        self.text(key).ok_or_else(|| ApiError::missing(key))
    }

    /// A yes, however it is written.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| *value == true || *value == 1 || matches!(value.as_str(), Some("true" | "1")))
    }

    /// A number, written as a number or as a text.
    pub(super) fn number(&self, key: &str) -> Option<Result<usize, ()>> {
        let value = self.get(key)?;
        let read = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        Some(read.and_then(|number| usize::try_from(number).ok()).ok_or(()))
    }

    /// A list, written as a list or with commas.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(Into::into).collect(),
            Some(Value::String(text)) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Into::into).collect()
            }
            _ => Vec::new(),
        }
    }

    /// One page of a list, and the cursor of the next.
    pub(super) fn page(&self, items: &[Value], default: usize, most: usize) -> Result<(Vec<Value>, String), ApiError> {
        let limit = match self.number("limit") {
            None | Some(Ok(0)) => default,
            Some(Ok(limit)) => limit.min(most),
            Some(Err(())) => return Err("invalid_limit".into()),
        };
        let from = match self.text("cursor") {
            None => 0,
            Some(cursor) => from_cursor(cursor).ok_or("invalid_cursor")?,
        };
        let page: Vec<Value> = items.iter().skip(from).take(limit).cloned().collect();
        let next = if from + limit < items.len() { to_cursor(from + limit) } else { String::new() };
        Ok((page, next))
    }
}

/// Cursors end with `=`, as Slack's do, so that a caller must encode them.
fn to_cursor(from: usize) -> String {
    format!("bmV4dA{from}=")
}

fn from_cursor(cursor: &str) -> Option<usize> {
    cursor.strip_prefix("bmV4dA")?.strip_suffix('=')?.parse().ok()
}
