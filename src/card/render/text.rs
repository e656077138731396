//! Plain text: for `say`, the terminal and every chat without marks.

use crate::card::model::Content;

/// The plain form of a message.
pub fn content(content: &Content) -> String {
    match content {
        Content::Text(text) => text.to_plain(),
    }
}
