//! `chamberlain health`: whether one answers, told by the exit code; for containers, which have no other client.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use crate::config::Config;

/// Shorter than those who ask wait for us.
const LIMIT: Duration = Duration::from_secs(5);

/// Whom to ask.
#[derive(Debug, Args)]
pub struct Health {
    /// The address to ask, by plain HTTP [default: `/healthz` where the config listens].
    #[arg(value_name = "URL")]
    pub url: Option<String>,
}

/// Asks once.
pub async fn run(config: &Config, health: Health, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let url = health.url.unwrap_or_else(|| format!("http://{}/healthz", reached(config.server.listen)));
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(LIMIT).build()?;
    let status = http.get(&url).send().await.with_context(|| format!("Nobody answers at {url}."))?.status();
    writeln!(out, "{url} answers {status}.")?;
    Ok(if status.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Who listens on all addresses is reached by that of this machine.
fn reached(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
