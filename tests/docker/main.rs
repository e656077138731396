//! What `docker/` holds, looked through without an engine: image, compose files, chart, manifests and unit.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chart;
mod compose;
mod health;
mod image;
mod objects;
#[path = "../support/required.rs"]
#[expect(unreachable_pub, reason = "shared with other test binaries")]
mod required;
mod settings;
mod tool;
mod unit;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A file or folder below `docker/`.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docker").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

/// All documents of a YAML text.
fn documents(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).unwrap()
}
