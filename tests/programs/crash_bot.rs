//! A whole Chamberlain on a chat of its own, for the crash test: tells each moment it is in, and stays in one when it
//! is told to, until it is killed. It ends by itself when whoever started it is gone.

mod moments;
#[path = "../support/remote_chat.rs"]
mod remote_chat;
#[path = "../support/versions.rs"]
mod versions;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chamberlain::adapters::environment::process::{ProcessDriver, ProcessSettings};
use chamberlain::config::{Config, Sources};
use chamberlain::domain::artifact::BranchName;
use chamberlain::domain::component::{Component, ComponentName, RepositoryName};
use chamberlain::domain::project::{Project, Repository};
use chamberlain::domain::spec::Addresses;
use chamberlain::domain::{ChatName, PersonId};
use chamberlain::ports::SystemClock;
use chamberlain::runtime::{self, Iterations, Settings, Workshops};
use chamberlain::store::{Store, Synchronous, Url};
use chamberlain::web::HookKey;
use remote_chat::{NAME, RemoteChat};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use versions::Versions;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("which folder?")?);
    let chat = arguments.next().context("which chat?")?;
    // Fails only when there is one already.
    drop(rustls::crypto::ring::default_provider().install_default());
    moments::listen()?;
    // A held moment takes a thread for good: enough are left for everything else.
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?.block_on(run(&folder, chat))
}

async fn run(folder: &Path, address: String) -> anyhow::Result<()> {
    let chat = Arc::new(RemoteChat::new(address)?);
    let opened = runtime::open(settings(folder, chat.clone()).await?).await?;
    let store = opened.house().store.clone();
    tokio::select! {
        ended = opened.run(None, CancellationToken::new()) => ended,
        ended = listen(&chat, &store) => ended,
        ended = tell_what_is_open(&store) => ended,
    }
}

async fn listen(chat: &RemoteChat, store: &Store) -> anyhow::Result<()> {
    loop {
        if let Err(cause) = chat.take_in(store).await {
            tracing::info!(%cause, "what was said is fetched again");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Tells how much is still to be done now, after every commit.
async fn tell_what_is_open(store: &Store) -> anyhow::Result<()> {
    loop {
        let changed = store.changed();
        moments::tell(&format!("open {}", store.count_open().await?));
        changed.await;
    }
}

async fn settings(folder: &Path, chat: Arc<RemoteChat>) -> anyhow::Result<Settings> {
    let config = config()?;
    let mut settings = Settings::of(&config, workshops(folder).await?, HookKey::fresh());
    settings.url = Url::Sqlite(folder.join("chamberlain.db"));
    settings.synchronous = Synchronous::Normal;
    for (id, person) in &mut settings.rules.people {
        person.accounts.insert(ChatName::new(NAME), PersonId::as_str(id).to_owned());
    }
    settings.iterations = Iterations { chat: ChatName::new(NAME), room_name: "{key}".into() };
    settings.project = Project {
        name: "product".into(),
        class: "test".into(),
        repositories: ["alpha", "beta"]
            .map(|name| Repository { name: RepositoryName::new(name), aliases: vec![], page: None })
            .into(),
        components: vec![component("alpha")?, component("beta")?],
        addresses: Addresses { port: 7420 },
    };
    // Looked at when it starts; nothing that a test waits for comes of itself.
    settings.upkeep.polls = ["alpha", "beta"].map(|name| (RepositoryName::new(name), Duration::from_hours(1))).into();
    settings.upkeep.updates.settle = Duration::from_millis(100);
    settings.chats = vec![chat];
    Ok(settings)
}

/// The people and rights that the dev profile brings.
fn config() -> anyhow::Result<Config> {
    let environment = vec![("CHAMBERLAIN__PROFILE".to_owned(), "dev".to_owned())];
    chamberlain::config::load(Sources { file: None, environment }).map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

async fn workshops(folder: &Path) -> anyhow::Result<Workshops> {
    let (touch, ended) = mpsc::unbounded_channel();
    let source = Arc::new(Versions::of(folder));
    let driver = ProcessDriver::open(ProcessSettings {
        folder: folder.join("environments"),
        supervisor: vec![example("test_supervisor")?.into(), "supervise".into()],
        path: "/usr/local/bin:/usr/bin:/bin".into(),
        grace: Duration::from_millis(500),
        build_limit: Duration::from_secs(5),
        source: source.clone(),
        clock: Arc::new(SystemClock),
        touch: Arc::new(move |environment| drop(touch.send(environment.clone()))),
    });
    let driver = Arc::new(driver.await?);
    Ok(Workshops { source, driver: driver.clone(), routes: driver, ended })
}

fn component(name: &str) -> anyhow::Result<Component> {
    Ok(Component {
        name: ComponentName::new(name),
        repository: RepositoryName::new(name),
        default_branch: BranchName::new("v1"),
        build: None,
        run: vec![example("test_component")?.display().to_string()],
        user: None,
        health_path: "/health".into(),
        start_limit: Duration::from_secs(10),
        variables: vec![],
    })
}

/// Another example, beside this one.
fn example(name: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}
