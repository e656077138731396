//! A whole Chamberlain on a chat of its own, for the fault harness: tells each moment it is in, and stays in one when it
//! is told to. It ends by itself when whoever started it is gone.

mod hanging;
mod jumping;
mod moments;
#[path = "../support/remote_chat.rs"]
mod remote_chat;
#[path = "../support/versions.rs"]
mod versions;

use std::net::Ipv4Addr;
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
use chamberlain::ports::RandomIds;
use chamberlain::runtime::{self, Iterations, Settings, Workshops};
use chamberlain::store::{Home, Store, Synchronous, Url};
use chamberlain::web::HookKey;
use hanging::HangingDriver;
use jumping::JumpingClock;
use remote_chat::{NAME, RemoteChat};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use versions::Versions;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what| arguments.next().context(what);
    let folder = PathBuf::from(next("which folder?")?);
    let (chat, store) = (next("which chat?")?, next("which store?")?);
    let clock = JumpingClock::ahead_by(next("how far ahead is the clock?")?.parse()?);
    let lost_after = Duration::from_millis(next("after how long is a machine lost?")?.parse()?);
    let url = if store.starts_with('/') { Url::Sqlite(store.into()) } else { Url::Postgres(store) };
    // Fails only when there is one already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let ours = clock.clone();
    moments::listen(move |order| ours.obey(order))?;
    // A held moment takes a thread for good: enough are left for everything else.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    runtime.block_on(run((&folder, lost_after), chat, (url, clock)))
}

async fn run(
    (folder, lost_after): (&Path, Duration),
    address: String,
    (url, clock): (Url, JumpingClock),
) -> anyhow::Result<()> {
    let name = folder.file_name().context("the folder has no name")?.display().to_string();
    let chat = Arc::new(RemoteChat::new(address, name)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut settings =
        Settings { url, clock: Arc::new(clock.clone()), ..settings(folder, (chat.clone(), clock)).await? };
    settings.web.listen = listener.local_addr()?;
    settings.upkeep.lost_after = lost_after;
    // The story is told as fast as it can be.
    let most = std::num::NonZeroU32::MAX;
    (settings.web.limits.messages, settings.web.limits.misses) = (most, most);
    let hooks = format!("http://{}{}", settings.web.listen, settings.web.hook_key.push_path(&RepositoryName::new("")));
    let opened = runtime::open(settings).await?;
    runtime::make_lobby(&opened).await?;
    let token = opened.web().token(&PersonId::new("ana"), None).await?;
    moments::tell(&format!("door {hooks} {token}"));
    let store = opened.house().store.clone();
    tokio::select! {
        ended = opened.run(Some(listener), CancellationToken::new()) => ended,
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

/// Tells how much is still to be done now, after every commit, and how much was broken off so far.
async fn tell_what_is_open(store: &Store) -> anyhow::Result<()> {
    loop {
        let changed = store.changed();
        match store.count_open().await {
            Ok(open) => moments::tell(&format!("open {open}")),
            // The database is away, or has no room: whoever needs it tries again, and so do we.
            Err(cause) => tracing::info!(%cause, "what is open cannot be counted"),
        }
        moments::tell(&format!("broken off {}", store.broken_off()));
        tokio::time::timeout(Duration::from_secs(1), changed).await.ok();
    }
}

async fn settings(folder: &Path, (chat, clock): (Arc<RemoteChat>, JumpingClock)) -> anyhow::Result<Settings> {
    let config = config()?;
    let home = Home::take(folder, &RandomIds)?;
    let mut settings = Settings::of(&config, home, workshops(folder, clock).await?, HookKey::fresh());
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
    // Looked at when it starts, and when a hook hints; nothing that a test waits for comes of itself.
    settings.upkeep.polls = ["alpha", "beta"].map(|name| (RepositoryName::new(name), Duration::from_hours(1))).into();
    settings.upkeep.updates.settle = Duration::from_millis(100);
    settings.web.repositories = settings.upkeep.polls.keys().cloned().collect();
    settings.chats = vec![chat];
    Ok(settings)
}

/// The people and rights that the dev profile brings.
fn config() -> anyhow::Result<Config> {
    let environment = vec![("CHAMBERLAIN__PROFILE".to_owned(), "dev".to_owned())];
    chamberlain::config::load(Sources { file: None, environment }).map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

async fn workshops(folder: &Path, clock: JumpingClock) -> anyhow::Result<Workshops> {
    let (touch, ended) = mpsc::unbounded_channel();
    let source = Arc::new(Versions::of(folder));
    let driver = ProcessDriver::open(ProcessSettings {
        folder: folder.join("environments"),
        supervisor: vec![example("test_supervisor")?.into(), "supervise".into()],
        path: "/usr/local/bin:/usr/bin:/bin".into(),
        grace: Duration::from_millis(500),
        build_limit: Duration::from_secs(5),
        source: source.clone(),
        clock: Arc::new(clock),
        touch: Arc::new(move |environment| drop(touch.send(environment.clone()))),
    });
    let routes = Arc::new(driver.await?);
    let driver = Arc::new(HangingDriver { driver: routes.clone(), hangs: folder.join("hangs") });
    Ok(Workshops { source, driver, routes, ended })
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
