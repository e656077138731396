//! What the house knows by name: offered while somebody types a line or fills in a form.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use crate::command::complete::What;
use crate::domain::RoomId;
use crate::domain::artifact::BranchName;
use crate::domain::component::{Component, RepositoryName};
use crate::domain::iteration::IterationKey;
use crate::domain::project::{Meant, Project};
use crate::policy::Rules;
use crate::ports::ArtifactSource;
use crate::store::{Store, StoreError, environments, iterations, rooms};

/// Where names are looked up.
pub struct Names {
    /// The people.
    pub rules: Arc<Rules>,
    /// Repositories and components.
    pub project: Arc<Project>,
    /// Branches.
    pub source: Arc<dyn ArtifactSource>,
    /// Iterations and environments.
    pub store: Store,
}

/// Something that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name, as it is typed.
    pub name: String,
    /// What else it is called; who types that means it.
    pub called: Vec<String>,
    /// What it is, in a few words.
    pub hint: String,
}

impl Named {
    fn new(name: impl Into<String>, hint: &str) -> Self {
        Self { name: name.into(), called: Vec::new(), hint: hint.to_owned() }
    }

    /// All that it may be called, its name first.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.called).map(String::as_str)
    }
}

impl Names {
    /// How long branches and versions are waited for: nobody waits for a list while typing.
    pub const PATIENCE: Duration = Duration::from_millis(200);

    /// All of a kind, the likeliest first; `room` is where they are wanted.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn of(&self, what: &What, room: Option<&RoomId>) -> Result<Vec<Named>, StoreError> {
        Ok(match what {
            What::Component => {
                let names = self.project.components.iter().map(|component| component.name.as_str());
                names.map(|name| Named::new(name, "component")).collect()
            }
            What::BranchOf { component } => match self.project.component(component) {
                Some(component) => self.branches(&[component]).await,
                None => Vec::new(),
            },
            What::Branch { repository } => self.branches(&self.built_from(repository.as_deref())).await,
            What::Repository => {
                let named = |repository: &crate::domain::project::Repository| Named {
                    called: repository
                        .called()
                        .filter(|called| *called != repository.name.as_str())
                        .map(str::to_owned)
                        .collect(),
                    ..Named::new(repository.name.as_str(), "repository")
                };
                self.project.sources().map(named).collect()
            }
            What::Person => {
                let people = self.rules.people.values();
                people
                    .map(|person| Named {
                        called: vec![person.name.clone()],
                        ..Named::new(person.id.as_str(), &person.name)
                    })
                    .collect()
            }
            What::Iteration => self.iterations().await?,
            What::Environment => self.environments(room).await?,
        })
    }

    /// What is built from the repository that is called so, or the component that is; all where nothing was named.
    fn built_from(&self, called: Option<&str>) -> Vec<&Component> {
        match called.map(|called| self.project.meant_by(called)) {
            None => self.project.components.iter().collect(),
            Some(Meant::Component(component)) => vec![component],
            Some(Meant::Repository(repository)) => self.project.built_from(&repository.name).collect(),
            Some(Meant::Several(_) | Meant::Nothing) => Vec::new(),
        }
    }

    /// The branches that these components can be built from: their default ones, then the others by name. A repository
    /// that is slow or cannot be read has none.
    async fn branches(&self, components: &[&Component]) -> Vec<Named> {
        let mut repositories: Vec<&RepositoryName> = components.iter().map(|component| &component.repository).collect();
        repositories.sort();
        repositories.dedup();
        let asked = join_all(repositories.into_iter().map(|repository| {
            let listed = tokio::time::timeout(Self::PATIENCE, self.source.branches(repository));
            async { listed.await.ok().and_then(Result::ok).unwrap_or_default() }
        }));
        let mut found: Vec<BranchName> = asked.await.into_iter().flatten().map(|branch| branch.name).collect();
        found.sort_by(|one, other| {
            let is_other = |name: &BranchName| components.iter().all(|component| component.default_branch != *name);
            (is_other(one), one).cmp(&(is_other(other), other))
        });
        found.dedup();
        found.iter().map(|branch| Named::new(branch.as_str(), "branch")).collect()
    }

    /// The iterations, newest first, by key or name.
    async fn iterations(&self) -> Result<Vec<Named>, StoreError> {
        let all = iterations::all(&mut self.store.reader().await?).await?;
        let named = |iteration: &crate::domain::iteration::Iteration| Named {
            called: vec![iteration.name.clone()],
            ..Named::new(iteration.key.as_str(), &iteration.name)
        };
        Ok(all.iter().map(named).collect())
    }

    /// The environments that should run, the room's own first.
    async fn environments(&self, room: Option<&RoomId>) -> Result<Vec<Named>, StoreError> {
        let mut reader = self.store.reader().await?;
        let own = match room {
            Some(room) => rooms::iteration_of(&mut reader, room).await?,
            None => None,
        };
        let mut names = environments::present(&mut reader).await?;
        names.sort_by_key(|name| own.as_ref().map(IterationKey::as_str) != Some(name.as_str()));
        Ok(names.iter().map(|name| Named::new(name.as_str(), "environment")).collect())
    }
}
