//! What a deployment is decided on.

use crate::domain::card::{CardRow, Subject};
use crate::domain::component::ComponentName;
use crate::domain::deployment::{Deployment, DeploymentState};
use crate::domain::environment::{Basis, Environment, Revision, Selection};
use crate::domain::iteration::Iteration;
use crate::domain::spec::EnvironmentName;
use crate::ports;
use crate::skills::study::{GatherError, Study};
use crate::store::{cards, deployments, environments, revisions};

/// What a deployment is decided on.
#[derive(Clone, Debug)]
pub(super) struct Grounds {
    /// The environment, with its draft; the one of the iteration before anything was deployed.
    pub(super) environment: Environment,
    /// The revision that differences are laid over: the queued one's, else the wished one.
    pub(super) base: Option<Revision>,
    /// The newest number given so far.
    pub(super) newest: i64,
    /// What runs where nobody chose, before the first deployment.
    pub(super) defaults: Vec<Selection>,
    /// The deployment under way.
    pub(super) running: Option<Deployment>,
    /// The deployment that waits.
    pub(super) queued: Option<Deployment>,
    /// The open deploy card.
    pub(super) open_card: Option<CardRow>,
}

impl Grounds {
    /// What a revision is made from.
    pub(super) fn basis<'g>(&'g self, components: &'g [ComponentName]) -> Basis<'g> {
        Basis {
            environment: &self.environment,
            base: self.base.as_ref(),
            newest: self.newest,
            defaults: &self.defaults,
            components,
        }
    }
}

/// Looks everything up.
pub(super) async fn grounds(study: &Study, iteration: &Iteration) -> Result<Grounds, GatherError> {
    let name = EnvironmentName::new(iteration.key.as_str());
    let mut reader = study.store.reader().await?;
    let environment =
        environments::find(&mut reader, &name).await?.unwrap_or_else(|| Environment::of_iteration(&iteration.key));
    let running = deployments::newest_in(&mut reader, &name, DeploymentState::Applying).await?;
    let queued = deployments::newest_in(&mut reader, &name, DeploymentState::Queued).await?;
    let base_number = queued.as_ref().map(|queued| queued.revision).or(environment.wished);
    let base = match base_number {
        Some(number) => revisions::find(&mut reader, &name, number).await?,
        None => None,
    };
    let newest = revisions::latest(&mut reader, &name, 1).await?.first().map_or(0, |revision| revision.number);
    let open_card = cards::showing(&mut reader, &Subject::Deploy(name)).await?;
    drop(reader);
    let defaults = if base.is_none() {
        ports::defaults(study.source.as_ref(), &study.project.components).await.0
    } else {
        Vec::new()
    };
    Ok(Grounds { environment, base, newest, defaults, running, queued, open_card })
}
