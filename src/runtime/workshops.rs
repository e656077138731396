//! The workshops: where versions come from and where environments run.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use tokio::sync::mpsc;

use crate::adapters::artifact::{GitSettings, GitSource, sample};
use crate::adapters::environment::process::{ProcessDriver, ProcessSettings};
use crate::config::{Config, SAMPLE_FOLDER};
use crate::domain::spec::EnvironmentName;
use crate::ports::{ArtifactSource, Clock, EnvironmentDriver, Routes};

/// Where versions come from and where environments run.
pub struct Workshops {
    /// Where versions come from.
    pub source: Arc<dyn ArtifactSource>,
    /// Where environments run.
    pub driver: Arc<dyn EnvironmentDriver>,
    /// The ways to what runs, for the proxy.
    pub routes: Arc<dyn Routes>,
    /// Environments in which something ended by itself.
    pub ended: mpsc::UnboundedReceiver<EnvironmentName>,
}

impl Workshops {
    /// Opens the embedded ones: git, and processes of this machine. Goes on with what still runs. `path` is the
    /// `PATH` that git, builds and components get.
    pub async fn open(config: &Config, path: OsString, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let data = std::path::absolute(&config.data_dir)?;
        if config.has_sample {
            sample::make(&data.join(SAMPLE_FOLDER), &path, clock.as_ref())
                .await
                .context("the sample product cannot be made")?;
        }
        let source: Arc<dyn ArtifactSource> = Arc::new(GitSource::new(git_settings(config, &data, path.clone())));
        let (touch, ended) = mpsc::unbounded_channel();
        let program = std::env::current_exe().context("the program's own file cannot be found")?;
        let driver = ProcessDriver::open(ProcessSettings {
            folder: data.join("environments"),
            supervisor: vec![program.into(), "supervise".into()],
            path,
            grace: config.environments.grace,
            build_limit: config.environments.build_limit,
            source: source.clone(),
            clock,
            // The receiver is gone only when the house closes; then the next start looks.
            touch: Arc::new(move |environment| drop(touch.send(environment.clone()))),
        });
        let driver = Arc::new(driver.await.context("the environments' folder cannot be opened")?);
        Ok(Self { source, driver: driver.clone(), routes: driver, ended })
    }
}

/// How git is used for the repositories of a config; `data` is the data folder, absolute.
pub fn git_settings(config: &Config, data: &Path, path: OsString) -> GitSettings {
    let repositories = config.repositories.iter().map(|repository| (repository.name.clone(), repository.url.clone()));
    let components = config.components.iter().map(|component| (component.name.clone(), component.repository.clone()));
    GitSettings {
        mirrors: data.join("mirrors"),
        repositories: repositories.collect(),
        components: components.collect(),
        limit: config.environments.fetch_limit,
        path,
    }
}
