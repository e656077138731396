//! A driver in a folder of its own, the specs it is given, and nothing left running when a test ends, however it does.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chamberlain::adapters::environment::process::{ProcessDriver, ProcessSettings};
use chamberlain::domain::artifact::{Artifact, Branch, BranchName, Digest};
use chamberlain::domain::component::{ComponentName, RepositoryName};
use chamberlain::domain::spec::{ComponentSpec, EnvironmentName, SeenState, SpecHash};
use chamberlain::ports::{ArtifactSource, DriverError, EnvironmentDriver, Progress, Routes, SourceError, SystemClock};
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) const GRACE: Duration = Duration::from_millis(700);

/// A driver, and the folder it works in.
pub(crate) struct Yard {
    pub(crate) driver: Option<Arc<ProcessDriver>>,
    pub(crate) touched: Arc<AtomicUsize>,
    pub(crate) folder: tempfile::TempDir,
}

impl Yard {
    pub(crate) async fn open() -> Self {
        // Fails only when there is one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let mut yard = Self { driver: None, touched: Arc::default(), folder };
        yard.reopen().await;
        yard
    }

    /// Lets go of the driver, as the end of Chamberlain does.
    pub(crate) fn close(&mut self) {
        self.driver = None;
    }

    pub(crate) async fn reopen(&mut self) {
        self.close();
        self.driver = Some(Arc::new(ProcessDriver::open(self.settings()).await.unwrap()));
    }

    pub(crate) fn settings(&self) -> ProcessSettings {
        let touched = Arc::clone(&self.touched);
        ProcessSettings {
            folder: self.folder.path().join("environments"),
            supervisor: vec![example("test_supervisor").into(), "supervise".into()],
            path: "/usr/local/bin:/usr/bin:/bin".into(),
            grace: GRACE,
            build_limit: Duration::from_secs(2),
            source: Arc::new(Files),
            clock: Arc::new(SystemClock),
            touch: Arc::new(move |_| {
                touched.fetch_add(1, Ordering::SeqCst);
            }),
        }
    }

    pub(crate) fn driver(&self) -> &Arc<ProcessDriver> {
        self.driver.as_ref().unwrap()
    }

    pub(crate) async fn bring(&self, spec: &ComponentSpec) -> Result<(), DriverError> {
        self.driver().bring(spec, &Quiet, &CancellationToken::new()).await
    }

    /// Brings it, and gives the stages that were heard.
    pub(crate) async fn stages(&self, spec: &ComponentSpec) -> Vec<&'static str> {
        let heard = Heard::default();
        self.driver().bring(spec, &heard, &CancellationToken::new()).await.unwrap();
        heard.0.into_inner().unwrap()
    }

    pub(crate) async fn state(&self) -> SeenState {
        let mut seen = self.driver().observe(&environment()).await.unwrap();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0).state
    }

    pub(crate) async fn is_up(&self, spec: &ComponentSpec) -> bool {
        matches!(self.state().await, SeenState::Up { hash, .. } if hash == spec.hash)
    }

    /// What the component answers at `path`.
    pub(crate) async fn answer(&self, path: &str) -> String {
        let route = self.driver().find(&environment(), &component()).unwrap();
        reqwest::get(format!("http://{}{path}", route.address)).await.unwrap().text().await.unwrap()
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("environments/sprint-42/web")
    }

    /// The processes that carry a mark of this folder, supervisors among them.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let Ok(id) = fs::read_to_string(self.folder.path().join("environments/id.txt")) else { return Vec::new() };
        let entries = fs::read_dir("/proc").unwrap();
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
        pids.filter(|pid| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            String::from_utf8_lossy(&environment).contains(&format!("@{id}"))
        })
        .collect()
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        self.driver = None;
        for _ in 0..50 {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            left.into_iter().for_each(kill);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

pub(crate) fn kill(pid: i32) {
    if kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).is_err() {
        // It ended in between.
    }
}

pub(crate) fn environment() -> EnvironmentName {
    EnvironmentName::new("sprint-42")
}

pub(crate) fn component() -> ComponentName {
    ComponentName::new("web")
}

/// A spec whose component behaves so; each behaviour is a version of its own.
pub(crate) fn spec(behaviour: &str) -> ComponentSpec {
    ComponentSpec {
        environment: environment(),
        generation: 1,
        component: component(),
        digest: Digest::new(format!("{behaviour}0000000000000000000")),
        build: None,
        run: vec![example("test_component").to_str().unwrap().to_owned()],
        user: None,
        health_path: "/health".to_owned(),
        start_limit: Duration::from_secs(10),
        variables: vec![("GREETING".to_owned(), "hello".to_owned())],
        hash: SpecHash::new(format!("hash-{behaviour}")),
    }
}

/// Waits until it is so, for at most five seconds.
pub(crate) async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..250 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came to be so");
}

fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join("examples").join(name)
}

/// A version that cannot be laid out now, for want of room.
pub(crate) const LACKING: &str = "lacking";

/// Lays out a file with the behaviour that the digest begins with.
struct Files;

#[async_trait]
impl ArtifactSource for Files {
    async fn look(&self, _: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        Ok(Vec::new())
    }

    async fn branches(&self, _: &RepositoryName) -> Result<Vec<Branch>, SourceError> {
        Ok(Vec::new())
    }

    async fn newest(&self, _: &ComponentName, branch: &BranchName) -> Result<Artifact, SourceError> {
        Err(SourceError::NoArtifact(branch.to_string()))
    }

    async fn named(&self, _: &ComponentName, name: &str) -> Result<Artifact, SourceError> {
        Err(SourceError::NoArtifact(name.to_owned()))
    }

    async fn lay_out(&self, _: &ComponentName, digest: &Digest, folder: &Path) -> Result<(), SourceError> {
        if digest.as_str().starts_with(LACKING) {
            return Err(SourceError::Busy("there is no room".to_owned()));
        }
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("behaviour"), digest.as_str().trim_end_matches('0')).unwrap();
        Ok(())
    }
}

pub(crate) struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _: &'static str) {}
}

/// Stays in a stage, on its thread, until it is told to go on.
pub(crate) struct Held {
    stage: &'static str,
    told: mpsc::UnboundedSender<()>,
    goes_on: Mutex<std::sync::mpsc::Receiver<()>>,
}

impl Held {
    /// Tells when it is held, and hears when to go on.
    pub(crate) fn at(stage: &'static str) -> (Self, mpsc::UnboundedReceiver<()>, std::sync::mpsc::Sender<()>) {
        let ((told, held), (go_on, goes_on)) = (mpsc::unbounded_channel(), std::sync::mpsc::channel());
        (Self { stage, told, goes_on: Mutex::new(goes_on) }, held, go_on)
    }
}

impl Progress for Held {
    fn stage(&self, stage: &'static str) {
        if stage == self.stage {
            self.told.send(()).unwrap();
            self.goes_on.lock().unwrap().recv().unwrap();
        }
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<&'static str>>);

impl Progress for Heard {
    fn stage(&self, stage: &'static str) {
        self.0.lock().unwrap().push(stage);
    }
}
