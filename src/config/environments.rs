//! `[environments]`: how the environments of iterations are run on this machine.

use std::time::Duration;

use super::choice::one_of;
use super::components::span;
use super::name::name;
use super::section::Section;

const DEFAULT_CLASS: &str = "test";
const DEFAULT_GRACE: Duration = Duration::from_secs(5);
const DEFAULT_BUILD_LIMIT: Duration = Duration::from_mins(15);
const DEFAULT_FETCH_LIMIT: Duration = Duration::from_mins(2);
const DEFAULT_SETTLE: Duration = Duration::from_secs(3);
const DEFAULT_CHECK_EVERY: Duration = Duration::from_mins(5);
const DEFAULT_LOST_AFTER: Duration = Duration::from_mins(1);

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
    /// How long nothing newer must have come before an environment takes it by itself.
    pub settle: Duration,
    /// How long an environment goes without a look when nothing hints at a change.
    pub check_every: Duration,
    /// How long a machine was not heard of before what runs there is not known any more.
    pub lost_after: Duration,
    /// What becomes of an update that failed.
    pub after_failed_update: AfterFailedUpdate,
}

/// What becomes of an update that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailedUpdate {
    /// The environment goes back to what it was before.
    TakeBack,
    /// It stays as it is, for a person to look at.
    Stay,
}

impl Environments {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let after = one_of([("take_back", AfterFailedUpdate::TakeBack), ("stay", AfterFailedUpdate::Stay)]);
        Self {
            class: section.take("class", DEFAULT_CLASS.to_owned(), name),
            grace: section.take("grace", DEFAULT_GRACE, |text: String| span(&text)),
            build_limit: section.take("build_limit", DEFAULT_BUILD_LIMIT, |text: String| span(&text)),
            fetch_limit: section.take("fetch_limit", DEFAULT_FETCH_LIMIT, |text: String| span(&text)),
            settle: section.take("settle", DEFAULT_SETTLE, |text: String| span(&text)),
            check_every: section.take("check_every", DEFAULT_CHECK_EVERY, |text: String| span(&text)),
            lost_after: section.take("lost_after", DEFAULT_LOST_AFTER, |text: String| span(&text)),
            after_failed_update: section.take("after_failed_update", AfterFailedUpdate::TakeBack, after),
        }
    }
}
