//! Repositories: looked at every now and then, and at once when something hints that they changed.

use super::run::Stewards;
use super::{Next, StewardError, arrival};
use crate::domain::artifact::fingerprint;
use crate::domain::component::RepositoryName;
use crate::event::outcome::Outcome;
use crate::store::repositories::{self, Look};

/// Looks at the repository itself; when its branches or their newest commits changed, a reaction decides what follows.
pub(super) async fn reconcile(stewards: &Stewards, name: &RepositoryName) -> Result<Next, StewardError> {
    // One that is no longer in the config is not looked at again.
    let Some(every) = stewards.polls.get(name) else { return Ok(Next::AtRest) };
    let branches = stewards.source.look(name).await;
    let next = Next::At(stewards.clock.now().plus(*every));
    let branches = match branches {
        Ok(branches) => branches,
        Err(cause) => {
            tracing::warn!(repository = %name, error = %cause, "a repository cannot be looked at");
            return Ok(next);
        }
    };
    let heads = fingerprint(&branches);
    let before = repositories::find(&mut stewards.store.reader().await?, name).await?;
    if before.as_ref().is_some_and(|before| before.heads == heads) {
        return Ok(next);
    }
    let look = Look { heads, observation: before.map_or(0, |before| before.observation) + 1 };
    let changed = Outcome::RepositoryChanged { repository: name.clone(), observation: look.observation };
    let name = name.clone();
    let written = stewards.store.observe(vec![arrival(&changed)?], move |tx| {
        Box::pin(async move { repositories::put(tx, &name, &look).await })
    });
    written.await?;
    Ok(next)
}
