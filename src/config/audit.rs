//! `[audit]`: how long it is kept who asked for what.

use std::time::Duration;

use super::components::span;
use super::problem::Fault;
use super::section::Section;

/// Less is a slip: what is removed does not come back.
const LEAST: Duration = Duration::from_hours(24);

/// How long it is kept who asked for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// How long a line is kept at least; for ever when it is not written.
    pub keep: Option<Duration>,
}

impl Audit {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self { keep: section.find("keep", |text: String| keep(&text)) }
    }
}

fn keep(text: &str) -> Result<Duration, Fault> {
    let short =
        || Fault::new("shorter than a day", "Write for example \"365d\", or leave it out to keep all for ever.");
    span(text).and_then(|span| if span < LEAST { Err(short()) } else { Ok(span) })
}
