//! An environment as it is now: what whoever reads it is told.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Call, GatherError, Study};
use crate::change::Refused;
use crate::domain::deployment::{Deployment, DeploymentState};
use crate::domain::environment::{Environment, Follows, Revision, Selection, Wish, version};
use crate::domain::iteration::Iteration;
use crate::domain::spec::{EnvironmentName, SeenState};
use crate::domain::{Refusal, Timestamp};
use crate::policy::Permit;
use crate::store::{deployments, environments, homes, revisions};

/// Older than this, what was seen is marked with its age, and looked at anew.
const FRESH: Duration = Duration::from_mins(1);

/// An environment that something was deployed to.
pub(in crate::skills) struct Present {
    pub(in crate::skills) environment: Environment,
    /// What should run; what it would come back with when it was removed.
    pub(in crate::skills) wished: Revision,
    /// The revisions that what runs is named by, newest first.
    pub(in crate::skills) known: Vec<Revision>,
    /// The deployment under way.
    pub(in crate::skills) running: Option<Deployment>,
    /// The deployment that waits.
    pub(in crate::skills) queued: Option<Deployment>,
    /// The machine that it runs on, when nobody hears of that.
    pub(in crate::skills) lost: Option<homes::Found>,
}

/// An environment with the right to read it, or the refusal.
pub(in crate::skills) type Readable = Result<(Iteration, Permit, Present), Box<Refused>>;

impl Study {
    /// The environment that a call reads: the asker may, and something was deployed to it.
    pub(in crate::skills) async fn to_read(&self, call: &Call) -> Result<Readable, GatherError> {
        let (iteration, permit) = match self.on_environment(call).await? {
            Ok(found) => found,
            Err(refused) => return Ok(Err(refused)),
        };
        Ok(match self.present(&iteration).await? {
            Some(present) => Ok((iteration, permit, present)),
            None => Err(self.unreadable(
                call,
                &iteration,
                Refusal::NoEnvironment { environment: iteration.key.to_string() },
            )),
        })
    }

    /// A refusal to read something of an environment.
    pub(in crate::skills) fn unreadable(&self, call: &Call, iteration: &Iteration, refusal: Refusal) -> Box<Refused> {
        call.refused(refusal, &self.environment_target(Some(iteration)))
    }

    /// An iteration's environment; none before anything was deployed.
    pub(in crate::skills) async fn present(&self, iteration: &Iteration) -> Result<Option<Present>, GatherError> {
        let name = EnvironmentName::new(iteration.key.as_str());
        let mut reader = self.store.reader().await?;
        let Some(environment) = environments::find(&mut reader, &name).await? else { return Ok(None) };
        let Some(number) = environment.wish.last() else { return Ok(None) };
        let Some(wished) = revisions::find(&mut reader, &name, number).await? else { return Ok(None) };
        let lost = match environment.home.as_ref().filter(|_| environment.lost_at.is_some()) {
            Some(home) => homes::find(&mut reader, home).await?,
            None => None,
        };
        Ok(Some(Present {
            lost,
            known: revisions::known(&mut reader, &name).await?,
            running: deployments::running(&mut reader, &name).await?,
            queued: deployments::queued(&mut reader, &name).await?,
            environment,
            wished,
        }))
    }
}

impl Present {
    /// Whether it was removed.
    pub(in crate::skills) fn is_removed(&self) -> bool {
        matches!(self.environment.wish, Wish::Absent { .. })
    }

    /// How long ago it was looked at, when that is worth telling. What is removed has nothing to look at.
    pub(in crate::skills) fn age(&self, now: Timestamp) -> Option<Duration> {
        self.environment.seen_at.filter(|_| !self.is_removed()).map(|at| now.since(at)).filter(|age| *age > FRESH)
    }

    /// What runs and what waits, in words.
    pub(in crate::skills) fn goings(&self) -> Vec<String> {
        let words = |deployment: &Deployment| going(deployment.state, deployment.revision);
        self.running.iter().chain(&self.queued).filter_map(words).collect()
    }

    /// Whether a component was seen up in the version that it should have.
    pub(in crate::skills) fn is_as_wished(&self, selection: &Selection) -> bool {
        let state = self.environment.seen_of(&selection.artifact.component);
        matches!(state, Some(SeenState::Up { digest, .. }) if *digest == selection.artifact.digest)
    }

    /// All there is to tell of it.
    pub(in crate::skills) fn facts(&self, study: &Study) -> Value {
        let hold = self.environment.hold.as_ref().filter(|hold| hold.holds_at(study.now)).map(|hold| {
            json!({
                "by": hold.by,
                "reason": or_false(hold.reason.clone()),
                "until": or_false(hold.until.map(|until| until.to_string())),
            })
        });
        json!({
            "name": self.environment.name,
            "revision": self.wished.number,
            "by": self.wished.by,
            "is_removed": self.is_removed(),
            "is_going": self.environment.seen.iter().any(|seen| seen.state != SeenState::Missing),
            "goings": self.goings(),
            "age": or_false(self.age(study.now).map(told_age)),
            "hold": or_false(hold),
            "lost": or_false(self.lost.as_ref().map(|lost| {
                json!({ "machine": lost.machine, "since": lost.gone_at().unwrap_or(study.now).to_string() })
            })),
            "components": self.components(study),
        })
    }

    /// Each component: what it should be, and what was seen of it.
    fn components(&self, study: &Study) -> Vec<Value> {
        let runs = self.environment.runs(&self.known);
        let one = |selection: &Selection| {
            let component = &selection.artifact.component;
            let refused = self.environment.refused.get(component);
            json!({
                "name": component,
                "wished": selection.told(),
                "branch": selection.artifact.branch,
                "is_pinned": selection.follows == Follows::Pinned,
                "runs": or_false(runs.get(component).filter(|_| !self.is_as_wished(selection))),
                "seen": seen(self.environment.seen_of(component)),
                "refused": or_false(refused.map(|digest| version(&self.known, component, digest))),
                "address": study.project.addresses.of(&self.environment.name, component),
            })
        };
        self.wished.selections.values().map(one).collect()
    }
}

/// What a template asks for before it is told: `false` when there is nothing.
pub(in crate::skills) fn or_false(value: Option<impl serde::Serialize>) -> Value {
    value.map_or(Value::Bool(false), |value| json!(value))
}

/// `2m`, `3h`, `4d`: what is that old is told roughly.
pub(in crate::skills) fn told_age(age: Duration) -> String {
    match age.as_secs() / 60 {
        minutes @ 0..120 => format!("{minutes}m"),
        minutes @ 120..2880 => format!("{}h", minutes / 60),
        minutes => format!("{}d", minutes / 1440),
    }
}

fn going(state: DeploymentState, revision: i64) -> Option<String> {
    match state {
        DeploymentState::Queued => Some(format!("revision {revision} waits")),
        DeploymentState::Applying => Some(format!("revision {revision} is on its way")),
        DeploymentState::Stopping => Some(format!("revision {revision} is being cancelled")),
        DeploymentState::Unknown => {
            Some(format!("how revision {revision} stands is not known, since its platform does not answer"))
        }
        DeploymentState::Succeeded
        | DeploymentState::Failed
        | DeploymentState::Cancelled
        | DeploymentState::Superseded => None,
    }
}

fn seen(state: Option<&SeenState>) -> String {
    match state {
        None | Some(SeenState::Missing) => "not running".to_owned(),
        Some(SeenState::Starting) => "starting".to_owned(),
        Some(SeenState::Up { since, .. }) => format!("up since {since}"),
        Some(SeenState::Broken { why }) => format!("broken: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_roughly() {
        for (minutes, told) in [(1, "1m"), (119, "119m"), (120, "2h"), (2879, "47h"), (2880, "2d")] {
            assert_eq!(told_age(Duration::from_mins(minutes)), told);
        }
    }

    #[test]
    fn only_what_has_not_ended_is_going_on() {
        assert_eq!(going(DeploymentState::Stopping, 3).unwrap(), "revision 3 is being cancelled");
        assert!(going(DeploymentState::Unknown, 3).unwrap().contains("not known"));
        assert_eq!(going(DeploymentState::Cancelled, 3), None);
    }
}
