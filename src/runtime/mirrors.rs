//! Where several processes share a database, each has mirrors of its own, and one look at a repository is enough for
//! all: what another process has seen there is fetched before it is asked for here.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::domain::artifact::{Artifact, Branch, BranchName, Digest, fingerprint};
use crate::domain::component::{ComponentName, RepositoryName};
use crate::domain::project::Project;
use crate::ports::{ArtifactSource, SourceError};
use crate::store::{Store, repositories};

/// A source whose mirrors are never older than the newest look of anybody.
pub(super) struct Mirrors {
    source: Arc<dyn ArtifactSource>,
    store: Store,
    project: Arc<Project>,
    /// The look that each of our mirrors is as new as.
    kept_up: Mutex<BTreeMap<RepositoryName, String>>,
}

/// The source as it is for who is alone; else kept up with what others see.
pub(super) fn kept_up(
    source: Arc<dyn ArtifactSource>,
    store: &Store,
    project: &Arc<Project>,
) -> Arc<dyn ArtifactSource> {
    if store.is_alone() {
        return source;
    }
    Arc::new(Mirrors { source, store: store.clone(), project: project.clone(), kept_up: Mutex::default() })
}

impl Mirrors {
    /// Fetches what others have seen. Where that cannot be, what is here is good enough until the next time.
    async fn keep_up(&self, repository: &RepositoryName) {
        let seen = match self.store.reader().await {
            Ok(mut reader) => repositories::find(&mut reader, repository).await,
            Err(cause) => Err(cause),
        };
        let seen = match seen {
            Ok(Some(seen)) => seen.heads,
            Ok(None) => return,
            Err(cause) => return tracing::warn!(%repository, error = %cause, "what others saw there is not known"),
        };
        if self.marks().get(repository) == Some(&seen) {
            return;
        }
        match self.source.look(repository).await {
            Ok(_) => drop(self.marks().insert(repository.clone(), seen)),
            Err(cause) => tracing::warn!(%repository, error = %cause, "what others saw there cannot be fetched"),
        }
    }

    async fn keep_up_of(&self, component: &ComponentName) {
        if let Some(component) = self.project.component(component.as_str()) {
            self.keep_up(&component.repository).await;
        }
    }

    fn marks(&self) -> MutexGuard<'_, BTreeMap<RepositoryName, String>> {
        // What is kept here is whole at any moment.
        self.kept_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ArtifactSource for Mirrors {
    async fn look(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        let branches = self.source.look(repository).await?;
        self.marks().insert(repository.clone(), fingerprint(&branches));
        Ok(branches)
    }

    async fn branches(&self, repository: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        self.keep_up(repository).await;
        self.source.branches(repository).await
    }

    async fn newest(&self, component: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError> {
        self.keep_up_of(component).await;
        self.source.newest(component, branch).await
    }

    async fn recent(
        &self,
        component: &ComponentName,
        branch: &BranchName,
        most: usize,
    ) -> Result<Vec<Artifact>, SourceError> {
        self.keep_up_of(component).await;
        self.source.recent(component, branch, most).await
    }

    async fn named(&self, component: &ComponentName, name: &str) -> Result<Artifact, SourceError> {
        self.keep_up_of(component).await;
        self.source.named(component, name).await
    }

    async fn lay_out(&self, component: &ComponentName, digest: &Digest, folder: &Path) -> Result<(), SourceError> {
        self.source.lay_out(component, digest, folder).await
    }
}
