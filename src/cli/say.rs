//! `chamberlain say`: one message, the answers printed, the outcome as exit code.

use std::io::Write;
use std::process::ExitCode;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Client;
use crate::config::Config;

/// Exit code of a refusal.
const REFUSED: u8 = 3;
/// Exit code of a failure on the bot's side.
const FAILED: u8 = 4;

/// One message to a running Chamberlain. Exit code 0: done; 3: refused; 4: something went wrong on its side;
/// 1: nobody there.
#[derive(Debug, clap::Args)]
pub struct Say {
    /// Dev profile only: say it as this person.
    #[arg(long = "as", value_name = "PERSON")]
    acting_as: Option<String>,
    /// Where to say it.
    #[arg(long, default_value = "lobby")]
    room: String,
    /// Print JSON: outcome and answers.
    #[arg(long)]
    json: bool,
    /// Wait for the answers however long they take, not for 25 seconds at most.
    #[arg(long)]
    wait: bool,
    /// The message.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    text: Vec<String>,
}

/// Says it.
pub async fn run(config: &Config, say: Say) -> anyhow::Result<ExitCode> {
    let client = Client::new(config)?;
    let body = json!({ "room": say.room, "text": say.text.join(" "), "as": say.acting_as });
    let said = client.send(Method::POST, "/messages", Some(&body)).await?;
    let path = format!("/events/{}?wait=25", said["event"].as_str().unwrap_or_default());
    let mut heard = client.send(Method::GET, &path, None).await?;
    while say.wait && heard["outcome"] == "waiting" {
        heard = client.send(Method::GET, &path, None).await?;
    }
    print(&heard, say.json)?;
    Ok(match heard["outcome"].as_str() {
        Some("refused") => ExitCode::from(REFUSED),
        Some("parked") => ExitCode::from(FAILED),
        _ => ExitCode::SUCCESS,
    })
}

fn print(heard: &Value, as_json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    if as_json {
        return writeln!(out, "{heard}");
    }
    for answer in heard["answers"].as_array().into_iter().flatten() {
        writeln!(out, "{}", answer.as_str().unwrap_or_default())?;
    }
    if heard["outcome"] == "waiting" {
        writeln!(out, "(not answered yet; `--wait` waits longer)")?;
    }
    Ok(())
}
