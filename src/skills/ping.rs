//! `ping`: whether the bot is there.

use super::study::{Call, GatherError, Study};
use crate::change::Decision;

/// Answers `pong`.
pub(super) fn answer(study: &Study, call: &Call) -> Result<Decision, GatherError> {
    study.answer_permitted(call, "answer", || serde_json::json!({}))
}
