//! `chamberlain supervise` alone, for tests of the process driver.

use std::process::ExitCode;

use chamberlain::cli::supervise::{self, Supervise};
use clap::Parser;

#[derive(Parser)]
struct Wrapper {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Supervise(Supervise),
}

fn main() -> anyhow::Result<ExitCode> {
    let Command::Supervise(asked) = Wrapper::parse().command;
    supervise::run(&asked)
}
