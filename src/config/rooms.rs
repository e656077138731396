//! `[rooms]`: the rooms of iterations.

use super::problem::Fault;
use super::section::Section;

const DEFAULT_NAME: &str = "{key}";

/// The rooms of iterations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rooms {
    /// How they are named: `{key}` and `{project}` stand for the iteration's. The chat cuts what is too long, and a
    /// taken name gets a number.
    pub name: String,
}

impl Rooms {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self { name: section.take("name", DEFAULT_NAME.to_owned(), name) }
    }
}

fn name(text: String) -> Result<String, Fault> {
    let words = text.replace("{key}", "").replace("{project}", "");
    let is_plain = words.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if text.contains("{key}") && is_plain {
        return Ok(text);
    }
    Err(Fault::new(
        "no room name",
        "Write `{key}` where the iteration's key belongs, with lower-case letters, digits, - and _ around it: \"it-{key}\".",
    ))
}
