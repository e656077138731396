//! `chamberlain slack`: what is needed to set Slack up.

use std::io::Write;

use clap::{Args, Subcommand};

use crate::adapters::chat::slack::manifest;
use crate::config::Config;
use crate::runtime::{slack_needs, slack_shortcuts};

/// What is needed to set Slack up.
#[derive(Debug, Args)]
pub struct Slack {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the manifest from which api.slack.com/apps makes the app, with just the rights that are used.
    Manifest,
}

/// Does what was asked for.
pub fn run(config: &Config, slack: &Slack, out: &mut impl Write) -> anyhow::Result<()> {
    match slack.command {
        Command::Manifest => Ok(writeln!(out, "{:#}", manifest(slack_needs(config), &slack_shortcuts(config)))?),
    }
}
