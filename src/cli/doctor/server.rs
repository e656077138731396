//! Who listens where we would: nobody, a Chamberlain, or somebody else.

use std::io::ErrorKind;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::net::TcpListener;

use super::database::Peeked;
use super::report::Finding;
use crate::config::Config;
use crate::runtime::dev_token_path;

/// Longer than a server at work takes for a short answer.
const LIMIT: Duration = Duration::from_secs(5);

/// Who listens at `[server] listen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listener {
    /// Nobody: a start can.
    Nobody,
    /// The Chamberlain of this data folder: it knows the token that lies there.
    Ours,
    /// A Chamberlain, maybe ours: there is no token to tell it by.
    Chamberlain,
    /// A Chamberlain that does not know our token.
    Another,
    /// Another program.
    Program,
    /// Nobody can listen there.
    Never(ErrorKind),
}

/// Tries to listen, and asks whoever already does.
pub(super) async fn listener(config: &Config) -> Listener {
    match TcpListener::bind(config.server.listen).await {
        Ok(_) => Listener::Nobody,
        Err(cause) if cause.kind() == ErrorKind::AddrInUse => ask(config).await.unwrap_or(Listener::Program),
        Err(cause) => Listener::Never(cause.kind()),
    }
}

/// The API knows who has our token, and tells everybody else so in its own way.
async fn ask(config: &Config) -> Result<Listener, reqwest::Error> {
    let (host, listen) = (&config.server.host, config.server.listen);
    let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none()).timeout(LIMIT);
    let http = builder.resolve(host, listen).build()?;
    let token = std::fs::read_to_string(dev_token_path(&config.data_dir)).ok();
    let request = http.get(format!("http://{host}:{}/api/v1/rooms", listen.port()));
    let request = match &token {
        Some(token) => request.bearer_auth(token.trim()),
        None => request,
    };
    let response = request.send().await?;
    let status = response.status();
    let answer: Value = response.json().await?;
    Ok(match status {
        StatusCode::OK if token.is_some() => Listener::Ours,
        StatusCode::UNAUTHORIZED if is_ours(&answer) && token.is_some() => Listener::Another,
        StatusCode::UNAUTHORIZED if is_ours(&answer) => Listener::Chamberlain,
        _ => Listener::Program,
    })
}

/// Whether it is what a Chamberlain says to those who are not logged in.
fn is_ours(answer: &Value) -> bool {
    answer["error"].as_str().is_some_and(|told| told.contains("chamberlain login"))
}

/// What that means.
pub(super) fn finding(config: &Config, listener: Listener, peeked: &Peeked) -> Finding {
    let listen = config.server.listen;
    let serves = format!("a Chamberlain serves at http://{}:{}/", config.server.host, listen.port());
    let instead = "or choose another address by `[server] listen` or CHAMBERLAIN__SERVER__LISTEN.";
    match listener {
        Listener::Nobody => Finding::Fine(format!("{listen} is free to listen on.")),
        Listener::Ours => Finding::Fine(format!("{serves}, with this data folder.")),
        Listener::Chamberlain | Listener::Another if peeked.is_free(config) => Finding::Problem(format!(
            "another Chamberlain listens on {listen}; it does not use this database. Stop it, {instead}"
        )),
        // The token of a profile that is no longer dev may still lie there.
        Listener::Chamberlain | Listener::Another => Finding::Fine(format!("{serves}.")),
        Listener::Program => {
            Finding::Problem(format!("another program listens on {listen}: `ss -ltnp` tells which. Stop it, {instead}"))
        }
        Listener::Never(ErrorKind::PermissionDenied) => Finding::Problem(format!(
            "{listen} is not for this user: low ports are kept for root. Choose a port above 1023 by `[server] listen`."
        )),
        Listener::Never(ErrorKind::AddrNotAvailable) => Finding::Problem(format!(
            "{} is no address of this machine. Choose one of its own by `[server] listen`.",
            listen.ip()
        )),
        Listener::Never(kind) => Finding::Problem(format!(
            "nobody can listen on {listen} here ({kind}). Choose another by `[server] listen`."
        )),
    }
}
