//! What is said to a room, free of any platform.

use serde::{Deserialize, Serialize};

use crate::domain::marked::Marked;

/// The body of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A few words.
    Text(Marked),
}
