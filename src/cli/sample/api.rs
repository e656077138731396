//! The sample's `api`: answers with what stands in answer.toml.

use std::path::Path;

use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Surroundings;

/// The answer, read once.
#[derive(Clone, Debug)]
pub struct Api {
    answer: Value,
}

/// As people write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    message: String,
    version: String,
}

impl Api {
    /// Reads answer.toml in `folder`.
    pub fn read(folder: &Path, surroundings: Surroundings) -> anyhow::Result<Self> {
        let Answer { message, version } = super::read_toml(folder, "answer.toml")?;
        let Surroundings { environment, component, commit, .. } = surroundings;
        Ok(Self {
            answer: json!({
                "message": message,
                "version": version,
                "environment": environment,
                "component": component,
                "commit": commit,
            }),
        })
    }

    /// Its routes.
    pub fn into_router(self) -> Router {
        Router::new().route("/", get(async move || Json(self.answer)))
    }
}
