//! `[environments]`: how the environments of iterations are run on this machine.

use std::time::Duration;

use super::components::span;
use super::name::name;
use super::section::Section;

const DEFAULT_CLASS: &str = "test";
const DEFAULT_GRACE: Duration = Duration::from_secs(5);
const DEFAULT_BUILD_LIMIT: Duration = Duration::from_mins(15);
const DEFAULT_FETCH_LIMIT: Duration = Duration::from_mins(2);

/// How the environments of iterations are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environments {
    /// Their class, as `classes` of roles name it.
    pub class: String,
    /// How long an old process may go on with open requests, and then take to end by itself.
    pub grace: Duration,
    /// How long a build may take.
    pub build_limit: Duration,
    /// How long one call of git may take.
    pub fetch_limit: Duration,
}

impl Environments {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            class: section.take("class", DEFAULT_CLASS.to_owned(), name),
            grace: section.take("grace", DEFAULT_GRACE, |text: String| span(&text)),
            build_limit: section.take("build_limit", DEFAULT_BUILD_LIMIT, |text: String| span(&text)),
            fetch_limit: section.take("fetch_limit", DEFAULT_FETCH_LIMIT, |text: String| span(&text)),
        }
    }
}
