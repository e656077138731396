//! Who is working on a row, and until when nobody else may.

use std::time::Duration;

use crate::domain::WorkerId;

/// How long a claim holds without a word from its worker. Long enough for a person's command with all its look-ups,
/// short enough that another process takes over while the person still looks.
pub const LEASE: Duration = Duration::from_secs(30);

/// Names one try at a row; every write of that try carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The process.
    pub worker: WorkerId,
    /// Which try.
    pub attempt: i64,
}
