//! What of a decision is counted, once it is on disk.

use std::time::Duration;

use super::measured::label;
use crate::change::{Decision, Write};
use crate::domain::Timestamp;
use crate::event::{Raw, Source};
use crate::metrics::{Decided, Deployed, Metrics};

/// Counts a decision, and the deployments that ended by it.
pub(super) fn decided(metrics: &Metrics, raw: &Raw, (decision, now): (&Decision, Timestamp)) {
    let source = match &raw.source {
        Source::Chat(chat) => label(chat),
        Source::House => "house",
        Source::Timer => "timer",
    };
    metrics.decided(Decided { source, outcome: decision.word() }, now.since(raw.received_at));
    let Decision::Changed(change) = decision else { return };
    for write in change.writes() {
        let Write::Moved(moved) = write else { continue };
        let deployment = &moved.deployment;
        let Some(ended_at) = deployment.ended_at else { continue };
        let taken = deployment.started_at.map_or(Duration::ZERO, |started_at| ended_at.since(started_at));
        metrics.deployed(Deployed { cause: deployment.cause.as_str(), state: deployment.state.as_str() }, taken);
    }
}
