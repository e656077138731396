//! A hold of automatic updates: for a demo, a test run, a quiet evening.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// Why an environment takes no newer versions by itself for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Who asked for it.
    pub by: String,
    /// Why, in their words.
    pub reason: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when; until somebody ends it when there is none.
    pub until: Option<Timestamp>,
}

impl Hold {
    /// Whether it still holds.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}
