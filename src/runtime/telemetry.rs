//! Logs: one line a decision, in text or JSON.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// Starts writing logs to standard error. `filter` is in `tracing`'s form: `info,chamberlain=debug`.
///
/// # Errors
/// When the filter cannot be read, or logging was started before.
pub fn start(filter: &str, format: Format) -> anyhow::Result<()> {
    // At its loudest the library of Slack's sockets logs each frame, and with it addresses by which anybody may answer.
    let filter = EnvFilter::try_new(filter)?.add_directive("tungstenite=info".parse()?);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let builder = builder.with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        Format::Text => builder.with_target(false).try_init(),
        Format::Json => builder.json().try_init(),
    };
    started.map_err(|cause| anyhow::anyhow!("logging cannot start: {cause}"))
}
