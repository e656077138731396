//! `echo`: says it again.

use serde_json::json;

use super::study::{Call, GatherError, Study};
use crate::change::Decision;

/// Repeats the words.
pub(super) fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    study.answer_permitted(call, "answer", || json!({ "text": call.invocation.text("text").unwrap_or_default() }))
}
