//! `chamberlain serve`, and what happens without a command: works until it is told to stop.

use std::ffi::OsString;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Profile};
use crate::domain::PersonId;
use crate::ports::{RandomIds, SystemClock};
use crate::runtime::{self, Opened, Settings, Workshops, telemetry};
use crate::store::Home;

/// Why Slack and the dev profile do not go together.
pub(super) const NOT_IN_DEV: &str = "Slack does not go with the dev profile, in which whoever reaches the console may act as anyone. Write `profile = \"production\"`, your people and their rights (docs/slack.md), or leave the Slack tokens out.";

/// Serves until Ctrl-C or SIGTERM.
pub async fn run(config: Config) -> anyhow::Result<()> {
    check_slack(&config)?;
    telemetry::start(&config.log.level, config.log.format.into())?;
    let listener = listen(config.server.listen, "server").await?;
    let watched = match config.metrics.listen {
        Some(address) => Some(listen(address, "metrics").await?),
        None => None,
    };
    let home = Home::take(&config.data_dir, &RandomIds)?;
    let workshops = Workshops::open(&config, search_path(), Arc::new(SystemClock)).await?;
    let hook_key = runtime::hook_key(&config.data_dir)?;
    let mut opened = runtime::open(Settings::of(&config, home, workshops, hook_key)).await?;
    if let Some(listener) = watched {
        opened = opened.watched_at(listener);
    }
    runtime::make_lobby(&opened).await?;
    // Before the text: whoever has read it may have us end at once.
    let told_to_stop = told_to_stop()?;
    let mut out = std::io::stdout();
    out.write_all(start_text(&config, &opened).await?.as_bytes())?;
    out.flush()?;
    let stop = CancellationToken::new();
    let working = opened.run(Some(listener), stop.clone());
    tokio::pin!(working);
    let result = tokio::select! {
        result = &mut working => result,
        () = told_to_stop => {
            stop.cancel();
            working.await
        }
    };
    writeln!(out, "Chamberlain has stopped; the next start goes on from here.")?;
    result
}

/// Listens at the address that a section of the config names.
async fn listen(address: SocketAddr, section: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        let variable = section.to_uppercase();
        format!("cannot listen on {address}: is it taken? Choose another with `[{section}] listen` or CHAMBERLAIN__{variable}__LISTEN")
    })
}

/// Slack needs both tokens, and people whose rights are written down.
fn check_slack(config: &Config) -> anyhow::Result<()> {
    match (&config.slack.bot_token, &config.slack.app_token) {
        (Some(_), None) => anyhow::bail!(
            "Slack needs the app's token (xapp-…) beside the bot's. Give it as CHAMBERLAIN__SLACK__APP_TOKEN; `chamberlain doctor` tells more."
        ),
        (None, Some(_)) => anyhow::bail!(
            "Slack needs the bot's token (xoxb-…) beside the app's. Give it as CHAMBERLAIN__SLACK__BOT_TOKEN; `chamberlain doctor` tells more."
        ),
        (Some(_), Some(_)) if config.profile == Profile::Dev => anyhow::bail!(NOT_IN_DEV),
        (Some(_), Some(_)) | (None, None) => Ok(()),
    }
}

/// Where git, builds and components find their programs: the only variable of ours that they get.
pub(super) fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// Listens from now on; gives what ends with the first word.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn start_text(config: &Config, opened: &Opened) -> anyhow::Result<String> {
    let version = env!("CARGO_PKG_VERSION");
    let data = config.data_dir.display();
    let head = format!("\n  Chamberlain {version}, at your service.\n\n  Data     {data}/\n");
    Ok(match dev_person(config) {
        Some(person) => {
            let link = runtime::let_in(opened, &person, &config.data_dir).await?;
            format!(
                "{head}  Open     {link}\n           (logs you in as {person}, once)\n  First    type `iteration start Sprint 1`, then in its room `deploy`\n  Stop     Ctrl-C\n\n"
            )
        }
        None => format!("{head}  Console  {}/\n  Stop     Ctrl-C\n\n", opened.web().origin()),
    })
}

/// Who sits at the keyboard of a laptop: the first person of the dev profile.
fn dev_person(config: &Config) -> Option<PersonId> {
    (config.profile == Profile::Dev).then(|| config.people.first().map(|person| person.id.clone())).flatten()
}
