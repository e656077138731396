//! Repositories: looked at every now and then, and at once when something hints that they changed.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::run::Stewards;
use super::{Next, StewardError, arrival};
use crate::domain::artifact::Branch;
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

fn fingerprint(branches: &[Branch]) -> String {
    let mut digest = Sha256::new();
    for Branch { name, head } in branches {
        // A name holds no newline: git forbids it.
        digest.update(format!("{name}\n{head}\n"));
    }
    BASE64_URL_SAFE_NO_PAD.encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::artifact::{BranchName, Digest};

    #[test]
    fn every_change_of_a_branch_changes_the_fingerprint() {
        let branch = |name: &str, head: &str| Branch { name: BranchName::new(name), head: Digest::new(head) };
        let looks = [
            vec![],
            vec![branch("main", "1")],
            vec![branch("main", "2")],
            vec![branch("trunk", "1")],
            vec![branch("main", "1"), branch("next", "1")],
        ];
        let prints: std::collections::BTreeSet<String> = looks.iter().map(|look| fingerprint(look)).collect();
        assert_eq!(prints.len(), looks.len());
    }
}
