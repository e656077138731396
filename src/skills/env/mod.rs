//! `env`: what an environment is and was, and its end.

mod destroy;
mod diff;
mod history;
mod r#move;
mod show;

pub(super) use destroy::destroy;
pub(super) use diff::diff;
pub(super) use history::history;
pub(super) use r#move::r#move;
pub(super) use show::show;

use serde_json::{Value, json};

use super::study::{GatherError, Study, or_false};
use crate::domain::Refusal;
use crate::domain::deployment::DeploymentState;
use crate::domain::difference::Difference;
use crate::domain::environment::{Follows, Revision};
use crate::domain::spec::EnvironmentName;
use crate::store::revisions;

/// The revision of a number, or the refusal that names the newest there is.
async fn revision(
    study: &Study,
    name: &EnvironmentName,
    number: i64,
) -> Result<Result<Revision, Refusal>, GatherError> {
    let mut reader = study.store.reader().await?;
    if let Some(found) = revisions::find(&mut reader, name, number).await? {
        return Ok(Ok(found));
    }
    let newest = revisions::latest(&mut reader, name, 1).await?.first().map_or(0, |newest| newest.number);
    Ok(Err(Refusal::UnknownRevision { environment: name.to_string(), number, newest }))
}

/// Who made a revision, when, why, and from which message's room.
fn origin(revision: &Revision) -> Value {
    json!({
        "number": revision.number,
        "by": revision.by,
        "at": revision.at.to_string(),
        "why": revision.why,
        "room": or_false(revision.origin.as_ref().map(|origin| &origin.room)),
    })
}

/// What became of a component.
fn told(difference: &Difference<'_>) -> Value {
    let (from, to) = difference.told();
    let follows_now = difference.follows_now().map(|follows| match follows {
        Follows::Branch => "follows its branch now",
        Follows::Pinned => "pinned now",
    });
    json!({
        "name": difference.component,
        "from": or_false(from),
        "to": or_false(to),
        "is_other": difference.is_other_version(),
        "follows_now": or_false(follows_now),
    })
}

/// How the deployments of a revision stand or ended, oldest first; the same several times in a row is told once.
fn outcome(states: impl IntoIterator<Item = DeploymentState>) -> String {
    let mut runs: Vec<(DeploymentState, usize)> = Vec::new();
    for state in states {
        match runs.last_mut() {
            Some((last, times)) if *last == state => *times += 1,
            _ => runs.push((state, 1)),
        }
    }
    let told = |(state, times): &(DeploymentState, usize)| match times {
        1 => word(*state).to_owned(),
        times => format!("{} {times} times", word(*state)),
    };
    if runs.is_empty() {
        "never deployed".to_owned()
    } else {
        runs.iter().map(told).collect::<Vec<_>>().join(", then ")
    }
}

fn word(state: DeploymentState) -> &'static str {
    match state {
        DeploymentState::Queued => "waits",
        DeploymentState::Applying => "on its way",
        DeploymentState::Stopping => "being cancelled",
        DeploymentState::Unknown => "not known how it stands",
        DeploymentState::Succeeded => "succeeded",
        DeploymentState::Failed => "failed",
        DeploymentState::Cancelled => "cancelled",
        DeploymentState::Superseded => "superseded before it began",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_told_in_order_and_repeated_ones_once() {
        use DeploymentState::{Failed, Succeeded};
        assert_eq!(outcome([]), "never deployed");
        assert_eq!(outcome([Failed, Failed, Succeeded, Failed]), "failed 2 times, then succeeded, then failed");
    }
}
