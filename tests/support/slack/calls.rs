//! What the bot has asked of the Web API.

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::world::World;

/// A call, as it came in and went out.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub args: Map<String, Value>,
    /// The error it was answered with.
    pub error: Option<String>,
    pub status: u16,
    pub at: Instant,
}

impl Call {
    pub fn is_ok(&self) -> bool {
        self.error.is_none()
    }

    /// An argument that is a text, or nothing.
    pub fn text(&self, key: &str) -> &str {
        self.args.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

impl World {
    /// The calls of a method; answers to response URLs are the method `response_url`.
    pub fn calls(&self, method: &str) -> Vec<Call> {
        self.calls.iter().filter(|call| call.method == method).cloned().collect()
    }
}
