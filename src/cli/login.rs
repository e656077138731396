//! `chamberlain login`: a new login link.

use std::io::Write;

use reqwest::Method;

use super::client::Client;
use crate::config::Config;

/// Prints a new link.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let link = Client::new(config)?.send(Method::POST, "/login-links", None).await?;
    writeln!(std::io::stdout(), "{}", link["link"].as_str().unwrap_or_default())?;
    Ok(())
}
