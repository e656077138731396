//! The command line: one file a command.

pub mod audit;
pub mod check_config;
mod client;
pub mod doctor;
pub mod health;
pub mod hooks;
pub mod login;
pub mod sample;
pub mod say;
pub mod serve;
pub mod slack;
pub mod store;
pub mod supervise;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Sources};

/// Keeps a room for every iteration. Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "chamberlain", version)]
pub struct Cli {
    /// The config file [default: `CHAMBERLAIN_CONFIG`, or config.toml if it is there].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Work until Ctrl-C (the default).
    Serve,
    /// Tell every problem of the config at once; exit code 2 when there is one.
    CheckConfig,
    /// Look at the installation and say for each problem what to do; exit code 1 when there is one.
    Doctor,
    /// Ask a running Chamberlain whether it is well; exit code 1 when it is not, or nobody answers.
    Health(health::Health),
    /// Say one message to a running Chamberlain and print the answers.
    Say(say::Say),
    /// Print a new login link of a running Chamberlain.
    Login,
    /// Print for each repository the address by which a git server tells of a push.
    Hooks,
    /// Set Slack up.
    Slack(slack::Slack),
    /// Copy, back up or check a whole database.
    Store(store::Store),
    /// Verify, seal elsewhere or export who asked for what.
    Audit(audit::Audit),
    /// A component of the sample product; run by the environments that the dev profile makes.
    #[command(hide = true)]
    Sample(sample::Sample),
    /// The parent of one component's process; started by the environments.
    #[command(hide = true)]
    Supervise(supervise::Supervise),
}

impl Cli {
    /// Does what was asked for.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(Command::Supervise(supervise)) = &self.command {
            return supervise::run(supervise);
        }
        // A component of the sample runs in a folder of its own, without a config.
        if let Some(Command::Sample(sample)) = self.command {
            return runtime()?.block_on(sample::run(sample)).map(|()| ExitCode::SUCCESS);
        }
        let sources = Sources::read(self.config);
        if let Some(Command::CheckConfig) = self.command {
            return Ok(check_config::run(sources, &mut std::io::stdout())?.into());
        }
        if let Some(Command::Doctor) = self.command {
            return Ok(runtime()?.block_on(doctor::run(sources, &mut std::io::stdout()))?.into());
        }
        let config = match sources.and_then(config::load) {
            Ok(config) => config,
            Err(problems) => return Ok(check_config::tell(&problems, &mut std::io::stderr())?.into()),
        };
        if let Some(Command::Hooks) = self.command {
            return hooks::run(&config, &mut std::io::stdout()).map(|()| ExitCode::SUCCESS);
        }
        if let Some(Command::Slack(slack)) = &self.command {
            return slack::run(&config, slack, &mut std::io::stdout()).map(|()| ExitCode::SUCCESS);
        }
        let runtime = runtime()?;
        match self.command {
            None | Some(Command::Serve) => runtime.block_on(serve::run(config)).map(|()| ExitCode::SUCCESS),
            Some(Command::Health(health)) => runtime.block_on(health::run(&config, health, &mut std::io::stdout())),
            Some(Command::Say(say)) => runtime.block_on(say::run(&config, say)),
            Some(Command::Store(store)) => runtime.block_on(store::run(&config, store, &mut std::io::stdout())),
            Some(Command::Audit(audit)) => runtime.block_on(audit::run(&config, audit, &mut std::io::stdout())),
            Some(Command::Login) => runtime.block_on(login::run(&config)).map(|()| ExitCode::SUCCESS),
            // Done above, without a config that will do.
            Some(
                Command::CheckConfig
                | Command::Doctor
                | Command::Hooks
                | Command::Sample(_)
                | Command::Slack(_)
                | Command::Supervise(_),
            ) => Ok(ExitCode::SUCCESS),
        }
    }
}

/// One thread: the database has threads of its own, a page is drawn in less than a millisecond, and each message that is
/// handed from thread to thread costs more than what is done with it.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()
}
